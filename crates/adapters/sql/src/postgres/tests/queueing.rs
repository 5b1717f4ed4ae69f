use crate::postgres::Database;
use crate::postgres::repositories::rollback;
use crate::testing::PostgresDatabase;

#[tokio::test]
async fn nothing_is_left_of_a_job_whose_transaction_is_rolled_back() {
    let server = PostgresDatabase::create();
    rollback::check(Database::open(&server.url(), 2).unwrap()).await;
}
