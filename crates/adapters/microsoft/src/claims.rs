use serde::Deserialize;
use tenon_graph::Verified;
use tenon_kernel::Timestamp;

/// The application that posts Graph's change notifications.
const PUBLISHER: &str = "0bf30f3b-4a52-48df-9a82-234910c4a086";

/// How far Microsoft's clock may be away, in seconds.
const LEEWAY: i64 = 60;

/// What a validation token says. Every claim may be missing, so that its absence has a name.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Claims {
    aud: Option<String>,
    iss: Option<String>,
    tid: Option<String>,
    ver: Option<String>,
    appid: Option<String>,
    azp: Option<String>,
    exp: Option<i64>,
    nbf: Option<i64>,
}

impl Claims {
    /// The token's client, as `clients` spells it, and its tenant; or the claim that is not what it must be.
    pub fn check(
        &self,
        clients: &[String],
        only_issuer: Option<&str>,
        now: Timestamp,
    ) -> Result<Verified, &'static str> {
        let now = now.as_seconds();
        if now >= self.exp.ok_or("exp")?.saturating_add(LEEWAY) {
            return Err("exp");
        }
        if self.nbf.is_some_and(|nbf| now.saturating_add(LEEWAY) < nbf) {
            return Err("nbf");
        }
        let audience = self.aud.as_deref().ok_or("aud")?;
        let client = clients.iter().find(|client| client.eq_ignore_ascii_case(audience));
        self.check_publisher()?;
        let tenant = self.tid.as_deref().filter(|tid| !tid.is_empty()).ok_or("tid")?;
        self.check_issuer(tenant, only_issuer)?;
        Ok(Verified {
            client: client.ok_or("aud")?.clone(),
            tenant: tenant.to_owned(),
        })
    }

    fn check_publisher(&self) -> Result<(), &'static str> {
        let (publisher, name) = match self.ver.as_deref() {
            Some("1.0") => (&self.appid, "appid"),
            Some("2.0") => (&self.azp, "azp"),
            _ => return Err("ver"),
        };
        if publisher.as_deref() == Some(PUBLISHER) {
            Ok(())
        } else {
            Err(name)
        }
    }

    fn check_issuer(&self, tenant: &str, only: Option<&str>) -> Result<(), &'static str> {
        let issuer = self.iss.as_deref().ok_or("iss")?;
        let known = issuer == format!("https://sts.windows.net/{tenant}/")
            || issuer == format!("https://login.microsoftonline.com/{tenant}/v2.0");
        if known && only.is_none_or(|only| only == issuer) {
            Ok(())
        } else {
            Err("iss")
        }
    }
}
