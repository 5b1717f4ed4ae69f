use tenon_tests::jobs::give_up;
use tenon_tests::stores::open;

use crate::tenon::Folder;

/// Whoever serves does no jobs of Graph.
const IDLE: (&str, &str) = ("TENON__JOBS__GRAPH_WORKERS", "0");

async fn run(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let finished = folder.run(&[&["queues"], arguments].concat(), &[IDLE]).await;
    (finished.code, finished.output + &finished.errors)
}

#[tokio::test]
async fn the_command_line_counts_lists_retries_and_discards_jobs_while_a_server_runs() {
    let folder = Folder::new();
    let server = folder.serve(&[IDLE]).await;
    let store = open(&format!("sqlite:{}", folder.path("data/tenon.db").display()));
    let dead = give_up(&store, 3).await;
    let (code, counts) = run(&folder, &[]).await;
    assert_eq!(code, Some(0), "{counts}");
    assert_eq!(
        counts.lines().next(),
        Some("graph                0 waiting, 0 running, 3 dead")
    );
    assert_eq!(counts.lines().count(), 3, "{counts}");

    let (code, list) = run(&folder, &["list", "graph"]).await;
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!((code, lines.len()), (Some(0), 3), "{list}");
    for (line, job) in lines.iter().zip(&dead) {
        assert!(
            line.starts_with(&job.to_string()) && line.ends_with("Graph: 404"),
            "{line}"
        );
    }
    let first = dead[0].to_string();
    assert_eq!(
        run(&folder, &["retry", &first]).await,
        (Some(0), "the job waits\n".to_owned())
    );
    let (code, text) = run(&folder, &["retry", &first]).await;
    assert_eq!((code, text.as_str()), (Some(1), "tenon: the job is not dead\n"));
    assert_eq!(
        run(&folder, &["retry", "--all"]).await,
        (Some(0), "2 jobs wait\n".to_owned())
    );
    let (_, waiting) = run(&folder, &["list", "graph", "--state", "waiting"]).await;
    assert_eq!(waiting.lines().count(), 3, "{waiting}");
    assert_eq!(
        run(&folder, &["discard", &first]).await,
        (Some(0), "the job is gone\n".to_owned())
    );
    let (code, text) = run(&folder, &["discard", &first]).await;
    assert_eq!((code, text.as_str()), (Some(1), "tenon: no such job\n"));
    assert_eq!(run(&folder, &["list", "mail"]).await.0, Some(2));
    assert_eq!(server.stop().await.code, Some(0));
}
