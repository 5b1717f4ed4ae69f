//! The configuration reference as Markdown, made of the text that documents every key.

use std::fmt::Write as _;

use super::catalogue::REFERENCE;

/// What the text says before the first section, then a heading for each section, and for each key its default, the variable
/// that sets it, and what it is for.
pub fn reference() -> String {
    let mut page = Page {
        text: "# Configuration\n\n".to_owned(),
        ..Page::default()
    };
    REFERENCE.lines().for_each(|line| page.take(line));
    page.text.truncate(page.text.trim_end().len());
    page.text.push('\n');
    page.text
}

#[derive(Default)]
struct Page<'a> {
    text: String,
    section: &'a str,
    /// What was said since the last key.
    said: Vec<&'a str>,
    /// Whether the keys began.
    begun: bool,
}

impl<'a> Page<'a> {
    fn take(&mut self, line: &'a str) {
        if let Some(comment) = line.strip_prefix('#') {
            self.said.push(comment.strip_prefix(' ').unwrap_or(comment));
        } else if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            self.section = section;
            self.write(format_args!("## {section}\n\n"));
        } else if let Some((name, default)) = line.split_once(" = ") {
            self.key(name, default);
        } else if !self.begun {
            // What is said before the first empty line is about all keys.
            self.begun = true;
            self.paragraphs();
        }
    }

    fn key(&mut self, name: &str, default: &str) {
        let (key, variable) = match self.section {
            "" => (name.to_owned(), format!("TENON__{}", name.to_uppercase())),
            section => (
                format!("{section}.{name}"),
                format!("TENON__{}__{}", section.to_uppercase(), name.to_uppercase()),
            ),
        };
        self.write(format_args!(
            "### `{key}`\n\nDefault `{default}`, variable `{variable}`.\n\n"
        ));
        self.paragraphs();
    }

    /// Keys that have nothing said of them share what is said of the one before.
    fn paragraphs(&mut self) {
        if self.said.is_empty() {
            return;
        }
        let said = std::mem::take(&mut self.said).join("\n");
        self.write(format_args!("{said}\n\n"));
    }

    fn write(&mut self, what: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(what);
    }
}
