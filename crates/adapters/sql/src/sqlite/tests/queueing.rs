use crate::sqlite::Database;
use crate::sqlite::repositories::rollback;
use crate::testing::file;

#[tokio::test]
async fn nothing_is_left_of_a_job_whose_transaction_is_rolled_back() {
    let (_folder, path) = file();
    rollback::check(Database::open(&path, 2).unwrap()).await;
}
