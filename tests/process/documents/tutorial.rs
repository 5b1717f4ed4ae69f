use super::board::Window;
use super::reading::{Step, steps};
use super::shell::Shell;

const TUTORIAL: &str = include_str!("../../../docs/tutorial.md");

/// What the list shows as it was made, and when the crane is retired.
const ALL: [&str; 3] = ["Crane: active", "Generator: active", "Main pump: active"];
const RETIRED: [&str; 3] = ["Crane: archived", "Generator: active", "Main pump: active"];

/// Stops the server, which was the first thing to be started, as Ctrl-C does.
const STOP: &str = "kill -INT %1 && wait %1";

/// The steps up to the first with this in it, and the rest.
fn parted<'a>(steps: &'a [Step], last: &str) -> (&'a [Step], &'a [Step]) {
    let place = steps.iter().position(|step| step.commands.contains(last));
    steps.split_at(place.unwrap_or_else(|| panic!("no step has {last}")) + 1)
}

/// The page that the reader writes is opened in two windows, and does what the text says of it.
#[tokio::test]
async fn the_tutorial_shows_what_its_commands_print_and_its_page_what_happens() {
    const DOCUMENT: &str = "docs/tutorial.md";
    let mut shell = Shell::new();
    let steps = steps(TUTORIAL);
    let (start, _) = parted(&steps, "CORS_ORIGINS");
    let (page, rest) = parted(&steps, "http.server");
    let (sensor, rest) = parted(rest, "pump.pressure");

    shell.follow(DOCUMENT, page).await;
    let mut one = Window::open(&shell, "correct horse battery staple").await;
    let mut other = Window::open(&shell, "correct horse battery staple").await;
    one.shows(&ALL).await;
    other.shows(&ALL).await;

    other.reach_for("Crane").await;
    one.press("Crane", "Retire").await;
    one.shows(&RETIRED).await;
    other.shows(&RETIRED).await;
    other.press_what_was_reached_for().await;
    other.says("The resource has changed").await;

    shell.follow(DOCUMENT, sensor).await;
    one.says("6.2 bar").await;
    other.says("6.2 bar").await;
    shell.follow(DOCUMENT, rest).await;

    shell.follow(DOCUMENT, &[Step::of(STOP)]).await;
    shell.follow(DOCUMENT, &start[start.len() - 1..]).await;
    one.press("Crane", "Bring back").await;
    other.shows(&ALL).await;
}
