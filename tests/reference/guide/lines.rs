use reqwest::Method;
use serde_json::Value;

/// One line of a conversation.
pub struct Line<'a> {
    /// Where it stands in the page.
    pub number: usize,
    pub who: &'a str,
    pub act: Act<'a>,
}

pub enum Act<'a> {
    Connects(&'a str),
    Sends(Value),
    Receives(Value),
    /// A request over HTTP.
    Asks(Method, &'a str, Value),
    /// Gets a fresh access token, which the page calls this.
    Refreshes(&'a str),
    Closed(u16, &'a str),
    /// The server.
    Stops,
}

/// What stands for an access token in the page begins like this.
const TOKEN: &str = "eyJ";

/// The lines of all blocks.
///
/// # Panics
///
/// At a line that nobody understands.
pub fn read(page: &str) -> Vec<Line<'_>> {
    let token = page.split('"').find(|text| text.starts_with(TOKEN)).unwrap();
    let mut lines = Vec::new();
    let mut within = false;
    for (number, text) in (1..).zip(page.lines()) {
        match text {
            "```tenon" => within = true,
            "```" => within = false,
            _ if within => {
                let (who, rest) = text.split_once([' ', '>', '<']).unwrap();
                let act = act(text, rest, token).unwrap_or_else(|| panic!("docs/websocket.md, line {number}: {text}"));
                lines.push(Line { number, who, act });
            }
            _ => {}
        }
    }
    lines
}

fn act<'a>(text: &'a str, rest: &'a str, token: &'a str) -> Option<Act<'a>> {
    let json = |text: &str| serde_json::from_str(text.trim()).ok();
    if text.contains("> {") && !text.contains("< {") {
        return Some(Act::Sends(json(rest)?));
    }
    if text.contains("< {") {
        return Some(Act::Receives(json(rest)?));
    }
    let (verb, object) = rest.split_once(' ').unwrap_or((rest, ""));
    match verb {
        "connects" => Some(Act::Connects(object)),
        "refreshes" => Some(Act::Refreshes(token)),
        "stops" => Some(Act::Stops),
        "posts" | "puts" => {
            let (path, body) = object.split_once(' ').unwrap_or((object, "{}"));
            let method = if verb == "posts" { Method::POST } else { Method::PUT };
            Some(Act::Asks(method, path, json(body)?))
        }
        "closed" => {
            let (code, reason) = object.split_once(' ')?;
            Some(Act::Closed(code.parse().ok()?, reason))
        }
        _ => None,
    }
}
