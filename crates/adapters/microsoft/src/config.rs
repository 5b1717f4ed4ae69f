use url::Url;

/// Where Microsoft's identity platform and Graph are.
#[derive(Debug, Clone)]
pub struct Addresses {
    login: Url,
    api: Url,
}

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is no URL with a host, or has a name, a password, a query or a fragment.
    #[error("{0} must be an absolute URL without credentials, query and fragment")]
    Malformed(&'static str),
    /// It is not `https`, and plain HTTP was not allowed.
    #[error("{0} must start with https://")]
    Plain(&'static str),
}

impl Addresses {
    /// `login` as in `https://login.microsoftonline.com`, `api` as in `https://graph.microsoft.com`. With `plain`, `http` will do too: for
    /// a simulator on this machine.
    ///
    /// # Errors
    ///
    /// As [`AddressError`] says.
    pub fn new(login: &str, api: &str, plain: bool) -> Result<Self, AddressError> {
        Ok(Self {
            login: base("the address of the sign-in", login, plain)?,
            api: base("the address of Graph", api, plain)?,
        })
    }

    /// `{login}/{tenant}/oauth2/v2.0/token`.
    pub(crate) fn token(&self, tenant: &str) -> Option<Url> {
        below(&self.login, &[tenant, "oauth2", "v2.0", "token"])
    }

    /// `{login}/common/discovery/v2.0/keys`.
    pub(crate) fn keys(&self) -> Option<Url> {
        below(&self.login, &["common", "discovery", "v2.0", "keys"])
    }

    /// `{api}/v1.0/subscriptions` and what is below it.
    pub(crate) fn subscriptions(&self, path: &[&str]) -> Option<Url> {
        let all: Vec<&str> = ["v1.0", "subscriptions"].iter().chain(path).copied().collect();
        below(&self.api, &all)
    }

    /// `{api}/.default`: all that the app was granted.
    pub(crate) fn scope(&self) -> String {
        format!("{}/.default", self.api.as_str().trim_end_matches('/'))
    }
}

fn base(what: &'static str, text: &str, plain: bool) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(|_| AddressError::Malformed(what))?;
    let more = url.query().is_some() || url.fragment().is_some();
    if !url.has_host() || more || !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Malformed(what));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if plain => Ok(url),
        _ => Err(AddressError::Plain(what)),
    }
}

/// None when a segment would not stay one: `..` means the level above.
fn below(base: &Url, path: &[&str]) -> Option<Url> {
    let unsound = |segment: &&str| matches!(*segment, "" | "." | "..") || segment.chars().any(char::is_control);
    if path.iter().any(unsound) {
        return None;
    }
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses() -> Addresses {
        Addresses::new(
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com/",
            false,
        )
        .unwrap()
    }

    #[test]
    fn paths_are_those_that_microsoft_documents() {
        let addresses = addresses();
        let token = addresses.token("contoso.onmicrosoft.com").unwrap();
        assert_eq!(
            token.as_str(),
            "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token"
        );
        let keys = addresses.keys().unwrap();
        assert_eq!(
            keys.as_str(),
            "https://login.microsoftonline.com/common/discovery/v2.0/keys"
        );
        let subscription = addresses.subscriptions(&["7f1", "reauthorize"]).unwrap();
        assert_eq!(
            subscription.as_str(),
            "https://graph.microsoft.com/v1.0/subscriptions/7f1/reauthorize"
        );
        assert_eq!(addresses.scope(), "https://graph.microsoft.com/.default");
    }

    #[test]
    fn what_somebody_chose_stays_one_segment() {
        let addresses = addresses();
        for tenant in ["", ".", "..", "a\nb"] {
            assert!(addresses.token(tenant).is_none(), "{tenant:?}");
        }
        let odd = addresses.subscriptions(&["a/../b?c#d"]).unwrap();
        assert_eq!(odd.path(), "/v1.0/subscriptions/a%2F..%2Fb%3Fc%23d");
        assert_eq!(odd.query(), None);
    }

    #[test]
    fn plain_http_needs_leave() {
        assert!(matches!(
            Addresses::new("http://localhost:1", "https://graph.microsoft.com", false),
            Err(AddressError::Plain("the address of the sign-in"))
        ));
        assert!(Addresses::new("http://localhost:1", "http://localhost:1", true).is_ok());
        assert!(matches!(
            Addresses::new("https://a", "ftp://b", true),
            Err(AddressError::Plain(_))
        ));
        for malformed in [
            "",
            "login.microsoftonline.com",
            "https://a/?b",
            "https://a/#b",
            "https://a:b@c",
            "data:x",
        ] {
            assert!(
                matches!(
                    Addresses::new(malformed, "https://b", true),
                    Err(AddressError::Malformed(_))
                ),
                "{malformed}"
            );
        }
    }
}
