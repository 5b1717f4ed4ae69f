use tenon_kernel::{Invalid, line};

/// A label: 1 to 50 characters, one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(String);

impl Tag {
    /// # Errors
    ///
    /// `required`, `too_long`, `invalid_characters`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 50).map(Self)
    }

    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Up to 32 different labels, in the order they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// The most labels.
    pub const MAX: usize = 32;

    /// # Errors
    ///
    /// `too_many`, `duplicate`, and those of a [`Tag`].
    pub fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Self, Invalid> {
        if texts.len() > Self::MAX {
            return Err(Invalid::new("too_many", "At most 32 tags."));
        }
        let mut tags = Vec::with_capacity(texts.len());
        for text in texts {
            let tag = Tag::parse(text.as_ref())?;
            if tags.contains(&tag) {
                return Err(Invalid::new(
                    "duplicate",
                    format!("The tag {:?} is there twice.", tag.as_str()),
                ));
            }
            tags.push(tag);
        }
        Ok(Self(tags))
    }

    /// The labels.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Tag::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_two_different_tags_are_the_most() {
        let many: Vec<String> = (0..33).map(|n| format!("tag {n}")).collect();
        assert_eq!(Tags::parse(&many[..32]).unwrap().iter().count(), 32);
        assert_eq!(Tags::parse(&many).unwrap_err().code, "too_many");
        assert_eq!(Tags::parse(&["a", " a "]).unwrap_err().code, "duplicate");
        assert_eq!(Tags::parse(&["a", ""]).unwrap_err().code, "required");
    }
}
