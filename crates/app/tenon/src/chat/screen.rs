use std::fmt::Write as _;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use super::event::{Event, Person};
use crate::terminal;

const HELP: &str = "A line is sent to whom you talk to. Commands:
  /people          who is in your organization
  /to ADDRESS      talk to somebody; a number of the list does as well
  /safety          the safety number with them, to compare
  /verify          remember that you have compared it
  /send-anyway     write to them though the number you compared has changed
  /history [N]     what was said last
  /quit            leave; what is not sent yet is sent the next time
  //               begins a line that begins with a slash";

/// Who reads what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Words.
    Person,
    /// A line of JSON for each event.
    Program,
}

impl Screen {
    pub fn show(self, event: &Event<'_>) {
        match self {
            Self::Person => terminal::say(text(event)),
            // It has no map whose keys are no text, which is all that could fail.
            Self::Program => terminal::say(serde_json::to_string(event).unwrap_or_default()),
        }
    }
}

fn text(event: &Event<'_>) -> String {
    match event {
        Event::Ready { email, .. } => format!("You are {email}. /help says what you can do."),
        Event::Online => "- connected".to_owned(),
        Event::Offline => "- no connection; trying again".to_owned(),
        Event::People { people } => list(people),
        Event::Talking { name, email, .. } => format!("- talking to {} <{}>", shown(name), shown(email)),
        Event::Queued { .. } => "  \u{b7} on its way".to_owned(),
        Event::Sent { .. } => "  \u{2713} sent".to_owned(),
        Event::Delivered { ids, .. } => format!("  \u{2713}\u{2713} delivered{}", times(ids.len())),
        Event::Read { ids, .. } => format!("  \u{2713}\u{2713} read{}", times(ids.len())),
        Event::NotSent { detail, code, .. } => format!("! not sent: {detail} ({code})"),
        Event::Message { name, at, text, .. } | Event::History { name, at, text, .. } => {
            format!("[{}] {}: {}", clock(at), shown(name), shown(text))
        }
        Event::Undecryptable { name, reason, .. } => {
            format!("! something came from {} that cannot be opened: {reason}", shown(name))
        }
        Event::KeysChanged { name, was_verified, .. } => changed(&shown(name), *was_verified),
        Event::Held { name, .. } => format!(
            "! not sent: the keys of {} have changed since you compared the safety number.\n\
             ! Compare it anew (/safety, /verify), or say /send-anyway.",
            shown(name)
        ),
        Event::Released { name, .. } => format!("- messages go to {} again, uncompared", shown(name)),
        Event::KeyLogBroken { name, reason, .. } => format!(
            "! DANGER: the server tells another history of the keys of {} than before: {reason}.\n\
             ! Somebody may be listening. Nothing is sent to them.",
            shown(name)
        ),
        Event::KeyLogMended { name, .. } => format!(
            "! the server tells the history of the keys of {} again as it was; messages go to them again",
            shown(name)
        ),
        Event::Safety {
            name, number, verified, ..
        } => safety(&shown(name), number, *verified),
        Event::Help => HELP.to_owned(),
        Event::Error { detail } => format!("! {detail}"),
    }
}

fn list(people: &[Person<'_>]) -> String {
    let mut list = String::from("In your organization:");
    for (number, person) in people.iter().enumerate() {
        let (name, email) = (shown(person.name), shown(person.email));
        let _ = write!(list, "\n  {:>3}  {name} <{email}>", number + 1);
    }
    list
}

fn changed(name: &str, was_verified: bool) -> String {
    let mut text = format!("! the keys of {name} have changed: compare the safety number anew (/safety)");
    if was_verified {
        text.push_str("\n! you had compared it before; until you do so again, it may be somebody else who reads");
    }
    text
}

fn safety(name: &str, number: &str, verified: bool) -> String {
    let mut text = format!("The safety number with {name}");
    text.push_str(if verified { ", which you have compared:" } else { ":" });
    let digits: Vec<char> = number.chars().collect();
    for row in digits.chunks(20) {
        let groups: Vec<String> = row.chunks(5).map(|group| group.iter().collect()).collect();
        let _ = write!(text, "\n    {}", groups.join(" "));
    }
    if let Ok(code) = QrCode::new(number) {
        // Most terminals are dark: what is printed is light.
        let mut code = code.render::<Dense1x2>();
        let code = code.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
        let _ = write!(text, "\n{code}");
    }
    text.push_str("\nThe other side must see the same. If it does, say /verify.");
    text
}

fn times(count: usize) -> String {
    if count > 1 {
        format!(" ({count})")
    } else {
        String::new()
    }
}

/// The time of day of a time in UTC (RFC 3339).
fn clock(at: &str) -> &str {
    at.get(11..16).unwrap_or(at)
}

/// Text of somebody else, without what would move the cursor or change colors.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_others_write_cannot_control_the_terminal() {
        let event = Event::History {
            id: Uuid::nil(),
            from: Uuid::nil(),
            name: "Bob\u{1b}[2J",
            at: "2026-11-21T10:13:40Z",
            text: "one\ntwo\u{7}\u{9b}31m",
        };
        assert_eq!(text(&event), "[10:13] Bob [2J: one two  31m");
    }

    #[test]
    fn a_safety_number_is_shown_as_three_rows_and_a_code() {
        let number = "300354477692869396892869876765458257569162576843440918079131";
        let shown = safety("Bob", number, false);
        assert!(
            shown.contains("\n    30035 44776 92869 39689\n    28698 76765 45825 75691\n"),
            "{shown}"
        );
        assert!(shown.contains('\u{2588}'), "{shown}");
    }
}
