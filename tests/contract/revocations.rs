use tenon_accounts::{Revocation, Subject};
use tenon_kernel::{Id, Timestamp};
use tenon_tests::audit::entry;
use tenon_tests::clock::{HOUR, MICROSECOND, MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::race;

fn of_session(at: Timestamp) -> Revocation {
    Revocation {
        subject: Subject::Session(Id::at(at)),
        issued_until: at,
        forget_at: at.plus(15 * MINUTE),
    }
}

for_each_store!(revocations_read_back_as_they_were_written, |store| {
    let at = moment();
    let of_membership = Revocation {
        subject: Subject::Membership(Id::at(at), Id::at(at)),
        issued_until: at.minus(MICROSECOND),
        forget_at: at.plus(HOUR),
    };
    let of_session = of_session(at);
    store.revocations.write(&of_session, at, &entry()).await.unwrap();
    store
        .revocations
        .write(&of_membership, at.plus(MICROSECOND), &entry())
        .await
        .unwrap();
    assert_eq!(
        store.revocations.since(at, at).await.unwrap(),
        [of_session, of_membership]
    );
});

for_each_store!(revocations_written_earlier_or_to_be_forgotten_are_left_out, |store| {
    let at = moment();
    let revocation = of_session(at);
    store.revocations.write(&revocation, at, &entry()).await.unwrap();
    let since = async |since, now| store.revocations.since(since, now).await.unwrap();
    assert_eq!(since(at, at).await, [revocation]);
    assert!(since(at.plus(MICROSECOND), at).await.is_empty());
    assert_eq!(since(at, revocation.forget_at.minus(MICROSECOND)).await, [revocation]);
    assert!(since(at, revocation.forget_at).await.is_empty());
});

for_each_store!(revocations_written_at_the_same_time_are_all_kept, |store| {
    let at = moment();
    let runners = (0..50).map(|_| {
        let (revocations, revocation) = (store.revocations.clone(), of_session(at));
        async move { revocations.write(&revocation, at, &entry()).await.unwrap() }
    });
    race(runners).await;
    assert_eq!(store.revocations.since(at, at).await.unwrap().len(), 50);
});

for_each_store!(another_instance_reads_what_this_one_wrote, |store| {
    let (at, other) = (moment(), store.another());
    let revocation = of_session(at);
    store.revocations.write(&revocation, at, &entry()).await.unwrap();
    assert_eq!(other.revocations.since(at, at).await.unwrap(), [revocation]);
});
