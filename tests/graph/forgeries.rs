use tenon_simulator::{Forgery, Order};
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::{GraphScene, PATIENCE};
use tenon_tests::waiting::until_ok;

for_each_setup!(
    every_forgery_is_accepted_like_any_post_and_goes_into_quarantine,
    |setup| {
        let scene = GraphScene::set(setup.options()).await;
        scene.subscribed(true).await;
        for forgery in Forgery::ALL {
            scene
                .posted(Order {
                    forgery: Some(forgery),
                    ..Order::default()
                })
                .await;
        }
        scene.settled().await;
        let strays = Forgery::ALL
            .iter()
            .filter(|forgery| **forgery == Forgery::UnknownSubscription)
            .count();
        let quarantined = scene.notifications("quarantined", Forgery::ALL.len() - strays).await;
        let reasons: std::collections::BTreeSet<_> = quarantined
            .iter()
            .map(|found| found["reason"].as_str().unwrap().to_owned())
            .collect();
        let expected = [
            "client_state",
            "encrypted_content",
            "tenant",
            "unknown_certificate",
            "validation_token",
        ];
        assert_eq!(reasons.into_iter().collect::<Vec<_>>(), expected);
        let operator = scene.app.operator().await;
        let nobodys = until_ok("the operator sees every stray", PATIENCE, async || {
            let found = operator.all("/api/graph/notifications").await;
            if found.len() == strays {
                Ok(found)
            } else {
                Err(format!("{found:?}"))
            }
        })
        .await;
        assert_eq!(nobodys[0]["reason"], "unknown_subscription");
        assert!(scene.told().await.is_empty());
        scene.posted(Order::default()).await;
        scene.notifications("processed", 1).await;
    }
);
