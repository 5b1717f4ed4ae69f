//! Bar charts as SVG, which are read on a light and on a dark page.

/// Bars that belong together; each group has a scale of its own.
pub struct Group {
    pub name: String,
    pub bars: Vec<Bar>,
}

pub struct Bar {
    pub name: String,
    pub value: f64,
    /// The figure as it is shown.
    pub label: String,
}

const WIDTH: f64 = 760.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 110.0;
const BAR: f64 = 16.0;
const STEP: f64 = 21.0;

/// Colours that are told apart on both grounds; the first one is Tenon's.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#57606a}.title{font-size:15px;font-weight:600;fill:#24292f}\
.group{font-weight:600}.name{text-anchor:end}.bar{fill:#8c959f}.first{fill:#0969da}\
@media (prefers-color-scheme:dark){text{fill:#9da7b3}.title{fill:#e6edf3}.bar{fill:#6e7681}.first{fill:#58a6ff}}";

/// Draws the groups below each other. Bars whose name begins with `first` stand out.
pub fn draw(title: &str, first: &str, groups: &[Group]) -> String {
    let mut y = 48.0;
    let mut body = String::new();
    for group in groups {
        body.push_str(&text("group", 12.0, y, &group.name));
        y += STEP;
        let most = group.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        for bar in &group.bars {
            let length = if most > 0.0 {
                (WIDTH - LEFT - RIGHT) * bar.value / most
            } else {
                0.0
            };
            let class = if bar.name.starts_with(first) {
                "bar first"
            } else {
                "bar"
            };
            body.push_str(&text("name", LEFT - 8.0, y, &bar.name));
            let top = y - 12.5;
            body.push_str(&format!(
                "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{top}\" width=\"{:.1}\" height=\"{BAR}\" rx=\"2\"/>\n",
                length.max(1.0)
            ));
            body.push_str(&text("value", LEFT + length.max(1.0) + 8.0, y, &bar.label));
            y += STEP;
        }
        y += 10.0;
    }
    let title_text = text("title", 12.0, 22.0, title);
    let name = escaped(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\" role=\"img\" \
         aria-label=\"{name}\">\n<style>{STYLE}</style>\n{title_text}{body}</svg>\n"
    )
}

fn text(class: &str, x: f64, y: f64, content: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n",
        escaped(content)
    )
}

fn escaped(content: &str) -> String {
    content
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_of_a_group_takes_its_width_and_the_others_their_part() {
        let bar = |name: &str, value: f64| Bar {
            name: name.to_owned(),
            value,
            label: value.to_string(),
        };
        let group = Group {
            name: "a < b".to_owned(),
            bars: vec![bar("Tenon", 4.0), bar("other", 1.0)],
        };
        let drawn = draw("t", "Tenon", &[group]);
        let whole = WIDTH - LEFT - RIGHT;
        assert!(drawn.contains(&format!(
            "class=\"bar first\" x=\"{LEFT}\" y=\"56.5\" width=\"{whole:.1}\""
        )));
        assert!(drawn.contains(&format!("width=\"{:.1}\"", whole / 4.0)));
        assert!(drawn.contains("a &lt; b") && !drawn.contains("a < b"));
    }
}
