use std::fmt::{self, Display};

use crate::command_line::Simulate;

/// What to do with a simulator.
pub struct Guide<'a> {
    pub url: &'a str,
    pub arguments: &'a Simulate,
}

/// Anybody may sign in, so any directory, app and secret will do.
const CREDENTIAL: &str = r#"{"name": "Simulated Graph", "kind": "microsoft-graph", "values": {"tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95", "clientId": "8e460676-ae3f-4b1e-8790-ee0fb5d6148f", "clientSecret": "any"}}"#;

const SUBSCRIPTION: &str = r#"\"resource\": \"users/ada/messages\", \"changeTypes\": [\"created\", \"updated\", \"deleted\"], \"includeResourceData\": true"#;

impl Display for Guide<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url;
        let server = self.arguments.server.as_str().trim_end_matches('/');
        let json = "-H 'Content-Type: application/json'";
        let call = format!("-H \"Authorization: Bearer $TOKEN\" {json}");
        writeln!(f, "Microsoft Graph is simulated at {url}\n")?;
        writeln!(f, "Start Tenon with these variables:\n")?;
        writeln!(f, "  export TENON__GRAPH__LOGIN_URL={url} TENON__GRAPH__API_URL={url}")?;
        writeln!(f, "  export GRAPH_WEBHOOK_URL={server}/webhooks/graph\n")?;
        writeln!(f, "Subscribe, with an admin's access token in TOKEN:\n")?;
        writeln!(f, "  CREDENTIAL=$(curl -s {server}/api/credentials {call} \\")?;
        writeln!(f, "    -d '{CREDENTIAL}' \\")?;
        writeln!(f, "    | sed -E 's/.*\"id\":\"([^\"]+)\".*/\\1/')")?;
        writeln!(f, "  curl -s {server}/api/graph/subscriptions {call} \\")?;
        writeln!(
            f,
            "    -d \"{{\\\"credentialId\\\": \\\"$CREDENTIAL\\\", {SUBSCRIPTION}}}\"\n"
        )?;
        writeln!(f, "See what became of it:\n")?;
        writeln!(f, "  curl -s {server}/api/graph/notifications {call}\n")?;
        writeln!(
            f,
            "Post something yourself, for example a thousand at once, or a forgery:\n"
        )?;
        writeln!(
            f,
            "  curl -s {url}/simulate/notifications -d '{{\"count\": 1000, \"batch\": 1000}}'"
        )?;
        writeln!(
            f,
            "  curl -s {url}/simulate/notifications -d '{{\"forgery\": \"tokenExpired\"}}'\n"
        )?;
        if self.arguments.quiet {
            f.write_str("Nothing is posted of itself.\n")
        } else {
            let every = self.arguments.every;
            writeln!(
                f,
                "Something is posted every {every:?} as long as somebody is subscribed."
            )
        }
    }
}
