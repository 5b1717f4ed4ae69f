//! Which folder keys are kept in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy as _;
use tenon_client::keystore::{Store, StoreError};
use url::Url;

use super::ChatError;
use crate::command_line::ChatArguments;
use crate::prompt;

/// What `--store` says, or the folder of the account in the user's configuration folder.
pub fn of(arguments: &ChatArguments) -> Result<PathBuf, ChatError> {
    if let Some(store) = &arguments.store {
        return Ok(store.clone());
    }
    let base = etcetera::choose_base_strategy().map_err(|_| ChatError::NoFolder)?;
    let accounts = base
        .config_dir()
        .join("tenon")
        .join("chat")
        .join(server_name(&arguments.server));
    if let Some(email) = &arguments.email {
        let organization = arguments.organization.as_ref().map(|name| format!("+{name}"));
        return Ok(accounts.join(plain(&format!("{email}{}", organization.unwrap_or_default()))));
    }
    // Whoever has one account need not say which.
    let mut known = std::fs::read_dir(&accounts).into_iter().flatten().flatten();
    match (known.next(), known.next()) {
        (Some(only), None) => Ok(only.path()),
        _ => Ok(accounts.join(plain(&prompt::ask("Your address:", "--email")?))),
    }
}

fn server_name(server: &Url) -> String {
    let port = server.port().map_or_else(String::new, |port| format!("_{port}"));
    plain(&format!("{}{port}", server.host_str().unwrap_or("server")))
}

/// A name that is one file name on every system.
fn plain(text: &str) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() || "@._-+".contains(c) {
            c
        } else {
            '_'
        }
    };
    text.to_lowercase().chars().map(kept).collect()
}

/// Opens the folder; with its passphrase, if it has one or is to have one.
pub fn open(folder: &Path, arguments: &ChatArguments) -> Result<Arc<Store>, ChatError> {
    let failed = |error| ChatError::Store(error, folder.to_owned());
    let is_new = !folder.join("header.json").exists();
    let passphrase = || prompt::secret("TENON_PASSPHRASE", "The passphrase of the folder:", "TENON_PASSPHRASE");
    if is_new && arguments.passphrase {
        return Ok(Arc::new(Store::open(folder, Some(&passphrase()?)).map_err(failed)?));
    }
    match Store::open(folder, None) {
        Err(StoreError::PassphraseNeeded) => Ok(Arc::new(Store::open(folder, Some(&passphrase()?)).map_err(failed)?)),
        opened => Ok(Arc::new(opened.map_err(failed)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_after_the_server_and_the_account() {
        let name = |url: &str| server_name(&url.parse().unwrap());
        assert_eq!(name("http://127.0.0.1:4000"), "127.0.0.1_4000");
        assert_eq!(name("https://chat.example.org"), "chat.example.org");
        assert_eq!(plain("Ada+x@Example.com"), "ada+x@example.com");
        assert_eq!(plain("../a b"), ".._a_b");
    }
}
