use tenon_audit::{Chain, Hash};
use tenon_kernel::{Action, Author, Device, Entry, Id, SubjectKind};
use tenon_tests::accounts::register;
use tenon_tests::audit::{entries, entry, entry_by, entry_of};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

use super::{INSTALLATION, of, sound, verified};

for_each_store!(an_entry_reads_back_with_all_that_it_says, |store| {
    let organization = Id::at(moment());
    let device = Device::new(Some("\"'\\ 工場"), "2001:db8::7".parse().ok());
    let author = Author::claimed("ada@example.com", Some(Id::at(moment())), &device);
    let told = Entry::new(moment(), author, Action::MemberChanged)
        .of(organization)
        .about(SubjectKind::User, "b")
        .with("to", "\"x\" \u{1f40e}\n")
        .with("from", "a")
        .with("count", 7_usize);
    store.journal.enter(&told).await.unwrap();
    let [stored] = &entries(&*store.ledger, of(organization)).await[..] else {
        panic!("there is one entry");
    };
    assert_eq!(
        (stored.chain, stored.sequence, stored.id),
        (of(organization), 1, told.id)
    );
    assert_eq!(
        (stored.action.as_str(), stored.actor_kind.as_str()),
        ("member.role_changed", "user")
    );
    assert_eq!(stored.actor_id, told.author.id);
    assert_eq!(stored.actor_email.as_deref(), Some("ada@example.com"));
    assert_eq!(
        (stored.subject_kind.as_deref(), stored.subject_id.as_deref()),
        (Some("user"), Some("b"))
    );
    assert_eq!(stored.address.as_deref(), Some("2001:db8::7"));
    assert_eq!(stored.user_agent, device.user_agent);
    assert_eq!(stored.details, r#"{"count":7,"from":"a","to":"\"x\" 🐎\n"}"#);
    assert_eq!(stored.hash, stored.hash_after(&Hash::default()));
    assert_eq!(store.ledger.head(of(organization)).await.unwrap(), Some(stored.head()));
    assert_eq!(store.ledger.head(INSTALLATION).await.unwrap(), None);
});

for_each_store!(
    the_address_of_a_user_is_filled_in_and_one_that_was_given_stays,
    |store| {
        let ada = register(&store, "ada").await.user;
        let last = async || entries(&*store.ledger, INSTALLATION).await.pop().unwrap();
        store.journal.enter(&entry_by(ada.id)).await.unwrap();
        assert_eq!(last().await.actor_email.as_deref(), Some(ada.email.as_str()));
        let given = Author::claimed("other@example.com", Some(ada.id), &Device::default());
        let told = Entry::new(moment(), given, Action::SessionRefused);
        store.journal.enter(&told).await.unwrap();
        assert_eq!(last().await.actor_email.as_deref(), Some("other@example.com"));
        for nameless in [entry(), entry_by(Id::at(moment()))] {
            store.journal.enter(&nameless).await.unwrap();
            assert_eq!(last().await.actor_email, None);
        }
    }
);

for_each_store!(those_who_add_at_once_make_one_chain_without_holes, |store| {
    let other = store.another();
    let organizations = [Id::at(moment()), Id::at(moment())];
    let writers = (0..60).map(|number| {
        let journal = if number % 2 == 0 {
            store.journal.clone()
        } else {
            other.journal.clone()
        };
        let told = match number % 3 {
            0 => entry(),
            chain => entry_of(organizations[chain - 1]),
        };
        runner(async move { journal.enter(&told).await.unwrap() })
    });
    race(writers).await;
    for chain in [INSTALLATION, of(organizations[0]), of(organizations[1])] {
        let numbers: Vec<u64> = entries(&*store.ledger, chain)
            .await
            .iter()
            .map(|entry| entry.sequence)
            .collect();
        assert_eq!(numbers, (1..=20).collect::<Vec<u64>>());
    }
    assert_eq!(sound(&store).await, 60);
});

for_each_store!(a_chain_is_sound_at_every_moment_while_others_add_to_it, |store| {
    let other = store.another();
    let mut running: Vec<_> = (0..3)
        .map(|_| {
            let journal = other.journal.clone();
            runner(async move {
                for _ in 0..40 {
                    journal.enter(&entry()).await.unwrap();
                }
            })
        })
        .collect();
    let reading = tenon_sql::Store::clone(&store);
    running.push(runner(async move {
        for _ in 0..40 {
            sound(&reading).await;
        }
    }));
    race(running).await;
    assert_eq!(sound(&store).await, 120);
});

for_each_store!(a_verification_of_one_chain_looks_at_no_other, |store| {
    let organization = Id::at(moment());
    for told in [entry(), entry_of(organization), entry_of(organization)] {
        store.journal.enter(&told).await.unwrap();
    }
    let (report, _) = verified(&store, Some(of(organization))).await;
    assert_eq!((report.chains, report.entries), (1, 2));
    assert_eq!(report.head, store.ledger.head(of(organization)).await.unwrap());
    let (report, _) = verified(&store, None).await;
    assert_eq!((report.chains, report.entries), (2, 3));
    assert_eq!(report.head, store.ledger.head(INSTALLATION).await.unwrap());
    let (report, _) = verified(&store, Some(Chain::Organization(Id::at(moment())))).await;
    assert_eq!((report.entries, report.broken), (0, 0));
});
