use tenon_kernel::Answered;
use tenon_tests::accounts::{remembered, repeated, reused};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::race;

for_each_store!(an_answer_is_found_by_its_request_and_by_no_other, |store| {
    let request = remembered("first");
    assert_eq!(
        store.answers.claim(&request.key, moment()).await.unwrap(),
        Answered::Never
    );
    store.answers.keep(&request).await.unwrap();
    let found = store.another().answers.claim(&request.key, moment()).await.unwrap();
    assert_eq!(found, Answered::With(b"first".to_vec()));
    assert_eq!(
        store.answers.claim(&reused(&request).key, moment()).await.unwrap(),
        Answered::Otherwise
    );
    assert_eq!(
        store.answers.claim(&remembered("other").key, moment()).await.unwrap(),
        Answered::Never
    );
});

for_each_store!(an_answer_that_is_kept_stays, |store| {
    let request = remembered("first");
    store.answers.keep(&request).await.unwrap();
    store.answers.keep(&repeated(&request, "second")).await.unwrap();
    store.answers.keep(&reused(&request)).await.unwrap();
    let found = store.answers.claim(&request.key, moment()).await.unwrap();
    assert_eq!(found, Answered::With(b"first".to_vec()));
});

for_each_store!(a_key_is_for_one_body_alone_also_before_there_is_an_answer, |store| {
    let request = remembered("first");
    for _ in 0..2 {
        let claimed = store.answers.claim(&request.key, moment()).await.unwrap();
        assert_eq!(claimed, Answered::Never);
    }
    let other = reused(&request);
    store.answers.keep(&other).await.unwrap();
    let claimed = store.answers.claim(&other.key, moment()).await.unwrap();
    assert_eq!(claimed, Answered::Otherwise);

    let stores = [store.another(), store.another()];
    let request = remembered("raced");
    let racers = (0..8_u8).map(|number| {
        let (answers, mut key) = (stores[usize::from(number % 2)].answers.clone(), request.key);
        key.fingerprint = [number; 32];
        async move { answers.claim(&key, moment()).await.unwrap() }
    });
    let claimed = race(racers).await;
    let first = claimed.iter().filter(|answered| **answered == Answered::Never).count();
    assert_eq!(first, 1, "{claimed:?}");
});
