use sha2::{Digest, Sha256};

use super::value::{Record, Value};

/// What is in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableContent {
    pub table: String,
    pub rows: u64,
    /// 64 hexadecimal digits. It is the sum, modulo 2^256, of the SHA-256 of every row, so that it does not depend on their
    /// order. Equal contents have the same on SQLite and on Postgres.
    pub sha256: String,
}

/// The digest of the rows so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    rows: u64,
    // The least significant word first.
    words: [u64; 4],
}

impl Sum {
    pub fn add(&mut self, record: &Record) {
        let mut row = Sha256::new();
        for value in &record.0 {
            let (tag, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Integer(number) => (1, &number.to_be_bytes()),
                Value::Text(text) => (2, text.as_bytes()),
                Value::Bytes(bytes) => (3, bytes),
            };
            row.update([tag]);
            row.update((bytes.len() as u64).to_be_bytes());
            row.update(bytes);
        }
        let digest = row.finalize();
        let (parts, _) = digest.as_slice().as_chunks::<8>();
        let mut carry = false;
        for (word, part) in self.words.iter_mut().zip(parts.iter().rev()) {
            let (sum, over) = word.overflowing_add(u64::from_be_bytes(*part));
            let (sum, over_again) = sum.overflowing_add(carry.into());
            (*word, carry) = (sum, over || over_again);
        }
        self.rows += 1;
    }

    /// What these rows are as the content of a table.
    pub fn content(&self, table: &str) -> TableContent {
        let [a, b, c, d] = self.words;
        TableContent {
            table: table.to_owned(),
            rows: self.rows,
            sha256: format!("{d:016x}{c:016x}{b:016x}{a:016x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(records: &[&[Value]]) -> Sum {
        let mut sum = Sum::default();
        for record in records {
            sum.add(&Record(record.to_vec()));
        }
        sum
    }

    #[test]
    fn the_order_of_rows_does_not_count_and_everything_else_does() {
        let (one, two) = ([Value::Integer(1), Value::Null], [Value::Text("1".into()), Value::Null]);
        assert_eq!(sum(&[&one, &two]), sum(&[&two, &one]));
        let others: [&[&[Value]]; 5] = [
            &[],
            &[&one],
            &[&one, &one],
            &[&one, &two, &two],
            &[&[Value::Null, Value::Integer(1)], &two],
        ];
        for other in others {
            assert_ne!(sum(&[&one, &two]), sum(other), "{other:?}");
        }
    }

    #[test]
    fn values_do_not_run_into_one_another() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_ne!(sum(&[&[text("ab"), text("c")]]), sum(&[&[text("a"), text("bc")]]));
        assert_ne!(sum(&[&[text("a")]]), sum(&[&[Value::Bytes(b"a".to_vec())]]));
        assert_ne!(sum(&[&[text("")]]), sum(&[&[Value::Null]]));
    }

    #[test]
    fn one_row_has_the_digest_of_its_values() {
        let content = sum(&[&[Value::Null]]).content("t");
        // SHA-256 of nine zero bytes: the tag and the length.
        let digest = Sha256::digest([0; 9]);
        let expected: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((content.rows, content.sha256), (1, expected));
    }
}
