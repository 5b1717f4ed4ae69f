use super::reading::steps;
use super::shell::Shell;

const README: &str = include_str!("../../../README.md");

#[tokio::test]
async fn the_readme_shows_what_its_commands_print() {
    let mut shell = Shell::new();
    let steps = steps(README);
    assert!(steps.iter().filter(|step| step.shown.is_some()).count() >= 5);
    shell.follow("README.md", &steps).await;
}
