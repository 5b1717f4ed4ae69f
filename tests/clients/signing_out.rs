//! The end of a session of the client library.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tenon_client::Session;
use tenon_client::api::ApiError;
use tenon_client::keystore::Store;
use tenon_tests::app::PASSWORD;
use tenon_tests::for_each_setup;

fn store(path: &Path) -> Arc<Store> {
    Arc::new(Store::open(path, None).unwrap())
}

async fn assert_signed_out(session: &Session) {
    let asked = session.members().await;
    assert!(matches!(asked, Err(ApiError::SignedOut)), "{asked:?}");
}

for_each_setup!(who_signed_out_is_refused_with_the_tokens_of_before, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = app.origin().parse().unwrap();
    let session = Session::sign_in(&server, &store(folder.path()), &ada.email, &PASSWORD.into())
        .await
        .unwrap();
    assert_eq!(session.members().await.unwrap().len(), 1);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    session.sign_out().await.unwrap();
    assert_signed_out(&session).await;
    let before = Session::resume(&server, &store(copy.path())).unwrap().unwrap();
    assert_signed_out(&before).await;
    ada.me().await.expect(200);
});
