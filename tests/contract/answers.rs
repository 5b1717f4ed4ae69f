use tenon_kernel::Answered;
use tenon_tests::accounts::{remembered, repeated, reused};
use tenon_tests::for_each_store;

for_each_store!(an_answer_is_found_by_its_request_and_by_no_other, |store| {
    let request = remembered("first");
    assert_eq!(store.answers.find(&request.key).await.unwrap(), Answered::Never);
    store.answers.keep(&request).await.unwrap();
    let found = store.another().answers.find(&request.key).await.unwrap();
    assert_eq!(found, Answered::With(b"first".to_vec()));
    assert_eq!(
        store.answers.find(&reused(&request).key).await.unwrap(),
        Answered::Otherwise
    );
    assert_eq!(
        store.answers.find(&remembered("other").key).await.unwrap(),
        Answered::Never
    );
});

for_each_store!(an_answer_that_is_kept_stays, |store| {
    let request = remembered("first");
    store.answers.keep(&request).await.unwrap();
    store.answers.keep(&repeated(&request, "second")).await.unwrap();
    store.answers.keep(&reused(&request)).await.unwrap();
    let found = store.answers.find(&request.key).await.unwrap();
    assert_eq!(found, Answered::With(b"first".to_vec()));
});
