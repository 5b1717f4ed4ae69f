//! A document of Markdown as its fenced blocks.

/// Commands, and what the document shows after them.
pub struct Step {
    /// Of the commands, from 1.
    pub line: usize,
    pub commands: String,
    pub shown: Option<String>,
}

impl Step {
    /// Commands that a document has in words alone.
    pub fn of(commands: &str) -> Self {
        Self {
            line: 0,
            commands: commands.to_owned(),
            shown: None,
        }
    }
}

struct Block<'a> {
    line: usize,
    language: &'a str,
    text: String,
}

/// The blocks of commands, in order; a block of JSON or of plain text right after one, with nothing but words between, is what
/// they print.
pub fn steps(document: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut open = false;
    for block in blocks(document) {
        match (block.language, steps.last_mut()) {
            ("sh", _) => steps.push(Step {
                line: block.line,
                commands: block.text,
                shown: None,
            }),
            ("json" | "", Some(step)) if open => step.shown = Some(block.text),
            _ => {}
        }
        open = block.language == "sh";
    }
    steps
}

fn blocks(document: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (number, line) in document.lines().enumerate() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(language), None) => {
                open = Some(Block {
                    line: number + 1,
                    language,
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block does not end");
    blocks
}

#[test]
fn commands_go_with_what_is_shown_right_after_them() {
    let document = "```sh\na\n```\nSo:\n```json\n{}\n```\n```sh\nb\n```\n```js\n1\n```\n```\nno\n```\n";
    let steps = steps(document);
    assert_eq!(
        steps.iter().map(|step| step.commands.as_str()).collect::<Vec<_>>(),
        ["a\n", "b\n"]
    );
    assert_eq!(steps[0].shown.as_deref(), Some("{}\n"));
    assert_eq!((steps[1].line, &steps[1].shown), (8, &None));
}
