use std::io::BufRead as _;
use std::thread;

use tokio::sync::mpsc;

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    Say(String),
    Help,
    People,
    TalkTo(String),
    Safety,
    Verify,
    SendAnyway,
    History(usize),
    Quit,
    Unknown(String),
}

/// How much history is shown when nobody says how much.
const HISTORY: usize = 20;

impl Wish {
    /// Reads a line. Two slashes stand for one with which a message begins.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim_end_matches(['\r', '\n']);
        let Some(command) = line.strip_prefix('/') else {
            return (!line.trim().is_empty()).then(|| Self::Say(line.to_owned()));
        };
        if command.starts_with('/') {
            return Some(Self::Say(command.to_owned()));
        }
        let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
        let rest = rest.trim();
        Some(match name {
            "help" | "?" => Self::Help,
            "people" => Self::People,
            "to" if !rest.is_empty() => Self::TalkTo(rest.to_owned()),
            "safety" => Self::Safety,
            "verify" => Self::Verify,
            "send-anyway" => Self::SendAnyway,
            "history" => Self::History(rest.parse().unwrap_or(HISTORY)),
            "quit" | "exit" => Self::Quit,
            _ => Self::Unknown(line.to_owned()),
        })
    }
}

/// The lines of the input. A thread reads them, because reading cannot be given up.
pub struct Input(mpsc::Receiver<String>);

impl Input {
    pub fn of_this_process() -> Self {
        let (sender, lines) = mpsc::channel(1);
        thread::spawn(move || {
            for line in std::io::stdin().lock().lines() {
                let Ok(line) = line else { break };
                if sender.blocking_send(line).is_err() {
                    break;
                }
            }
        });
        Self(lines)
    }

    /// The next wish; `None` when the input has ended.
    pub async fn next(&mut self) -> Option<Wish> {
        loop {
            let line = self.0.recv().await?;
            if let Some(wish) = Wish::read(&line) {
                return Some(wish);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_message_or_a_command() {
        let say = |text: &str| Some(Wish::Say(text.to_owned()));
        for (line, wish) in [
            ("hello", say("hello")),
            (" hello /quit ", say(" hello /quit ")),
            ("//etc", say("/etc")),
            ("", None),
            ("   ", None),
            ("/help", Some(Wish::Help)),
            ("/send-anyway", Some(Wish::SendAnyway)),
            ("/to bob@example.com ", Some(Wish::TalkTo("bob@example.com".to_owned()))),
            ("/history", Some(Wish::History(HISTORY))),
            ("/history 5", Some(Wish::History(5))),
            ("/quit", Some(Wish::Quit)),
            ("/to", Some(Wish::Unknown("/to".to_owned()))),
            ("/dance", Some(Wish::Unknown("/dance".to_owned()))),
        ] {
            assert_eq!(Wish::read(line), wish, "{line:?}");
        }
    }
}
