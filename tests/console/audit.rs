//! The audit log, for admins and for the operator.

use super::desk::Desk;

story!(
    PostgresWithRedis,
    an_admin_and_the_operator_read_what_was_done_and_by_whom,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = (app.register("ada").await, app.register("bob").await);
        ada.take_in(&bob, "member").await;
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.go("/audit", "Audit log").await;
        desk.see("invitation.accepted").await;
        desk.see(&bob.email).await;
        desk.fill("What", "invitation.created").await;
        desk.click("Find").await;
        desk.wait("!desk.says('invitation.accepted') && desk.says('invitation.created')")
            .await;
        desk.press_at("document.querySelector('[aria-label=\"Audit log\"] tbody button')")
            .await;
        desk.see("Hash").await;
        desk.click("Close").await;
        desk.wait("!document.querySelector('dialog')").await;
        desk.expect_refusal(400);
        desk.fill("What", "nonsense").await;
        desk.click("Find").await;
        desk.wait("document.querySelector('.problem .request-id')").await;

        desk.click("Sign out").await;
        desk.at("Sign in").await;
        desk.sign_in_as_operator().await;
        desk.go("/all-audit", "Audit log").await;
        desk.see("the installation").await;
        desk.fill("Organization", &ada.organization).await;
        desk.click("Find").await;
        desk.wait("!desk.says('the installation') && desk.says('invitation.accepted')")
            .await;
        desk.leave().await;
    }
);
