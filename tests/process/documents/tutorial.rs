use super::reading::steps;
use super::shell::Shell;

const TUTORIAL: &str = include_str!("../../../docs/tutorial.md");

#[tokio::test]
async fn the_tutorial_shows_what_its_commands_print() {
    let mut shell = Shell::new();
    shell.follow("docs/tutorial.md", &steps(TUTORIAL)).await;
}
