//! What the organization entrusts to the server.

use super::desk::Desk;

/// What must be in no answer.
const CANARY: &str = "canary-of-the-console";

story!(
    PostgresWithRedis,
    a_credential_of_either_kind_is_sealed_replaced_and_deleted_and_is_never_shown,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.go("/graph", "Microsoft Graph").await;
        desk.click("New subscription").await;
        desk.see("There is no credential yet").await;

        desk.go("/credentials", "Credentials").await;
        desk.see("No credential is kept.").await;
        desk.click("New credential").await;
        desk.fill("Name", "Weather service").await;
        desk.fill("Secret", CANARY).await;
        desk.click("Seal and keep").await;
        desk.see("Weather service is sealed and kept.").await;
        desk.click("Replace Weather service").await;
        desk.fill("Name", "Weather").await;
        desk.fill("Secret", &format!("{CANARY}\nof two lines")).await;
        desk.click("Replace").await;
        desk.see("Weather is replaced.").await;

        desk.click("New credential").await;
        desk.fill("Name", "Mailbox reader").await;
        desk.choose("Kind", "Microsoft Graph, with a client secret").await;
        let fill = async |desk: &mut Desk| {
            desk.fill("Tenant", "6e1c2c3c-1111-4222-8333-944445555666").await;
            desk.fill("Client id", "6e1c2c3c-1111-4222-8333-944445555667").await;
            desk.fill("Client secret", CANARY).await;
        };
        fill(&mut desk).await;
        desk.click("Seal and keep").await;
        desk.see("Mailbox reader is sealed and kept.").await;
        desk.click("Replace Mailbox reader").await;
        fill(&mut desk).await;
        desk.click("Replace").await;
        desk.see("Mailbox reader is replaced.").await;
        let kept = ada.credentials().await.expect(200);
        for (place, (name, kind)) in [("Weather", "secret"), ("Mailbox reader", "microsoft-graph")]
            .into_iter()
            .enumerate()
        {
            let item = &kept.json()["items"][place];
            assert_eq!(
                (&item["name"], &item["kind"], &item["version"]),
                (&name.into(), &kind.into(), &2.into())
            );
        }
        assert!(!kept.text().contains(CANARY));

        for name in ["Weather", "Mailbox reader"] {
            desk.click(&format!("Delete {name}")).await;
            desk.see(&format!("Delete {name}?")).await;
            desk.click("Delete").await;
            desk.see(&format!("{name} is deleted.")).await;
        }
        desk.see("No credential is kept.").await;
        desk.leave().await;
    }
);

story!(
    SqliteAlone,
    what_is_wrong_with_a_credential_is_told_at_its_field,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.expect_refusal(400);
        desk.go("/credentials", "Credentials").await;
        desk.click("New credential").await;
        desk.choose("Kind", "Microsoft Graph, with a certificate").await;
        desk.fill("Name", "Mailbox reader").await;
        desk.fill("Tenant", "contoso.onmicrosoft.com").await;
        desk.fill("Client id", "6e1c2c3c-1111-4222-8333-944445555667").await;
        desk.fill("Certificate", "no certificate").await;
        desk.fill("Its key", "no key").await;
        desk.click("Seal and keep").await;
        for field in ["certificate", "privateKey"] {
            desk.wait(&format!(
                "document.querySelector('dialog [name={field}][aria-invalid]')"
            ))
            .await;
        }
        desk.leave().await;
    }
);
