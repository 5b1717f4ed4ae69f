//! What an address of Postgres must be for libpq to read it as it was meant. What libpq says of one that is not may show the password.

/// Looks at an address that begins with `postgres://` or `postgresql://`, which may name several hosts or none.
///
/// # Errors
///
/// Says what is wrong, in words that are the same for every address.
pub fn well_formed(address: &str) -> Result<(), &'static str> {
    let (_, rest) = address.split_once("://").ok_or("is no URL")?;
    if !is_encoded(rest) {
        return Err("has a % that begins no encoding such as %40: write %25 for a % in a user, a password or a name");
    }
    let (authority, after) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let (who, after_who) = authority.split_once('@').unwrap_or(("", authority));
    if who.contains(['?', '#', '[', ']', ' ']) || after_who.contains('@') || after.contains('@') {
        return Err(
            "has a character in the user or the password that must be encoded: write %40 for @, %2F for /, %3F for ?, %23 for #, \
             %5B for [ and %5D for ]",
        );
    }
    let hosts = after_who.split('?').next().unwrap_or_default();
    if !hosts.split(',').all(is_host) {
        return Err(
            "has a host or a port that cannot be read: after the user and the password comes host:port, or [address]:port",
        );
    }
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let is_option = |pair: &str| pair.split('=').count() == 2 && !pair.starts_with('=');
    if !query.is_empty() && !query.split('&').all(is_option) {
        return Err("has an option that cannot be read: after ? come name=value, with & between them");
    }
    Ok(())
}

/// Whether every `%` begins an encoding, and of no NUL (RFC 3986, section 2.1).
fn is_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let code = after.get(..2).unwrap_or_default();
        code.len() == 2 && code.chars().all(|c| c.is_ascii_hexdigit()) && code != "00"
    })
}

fn is_host(host: &str) -> bool {
    let port = match host.strip_prefix('[') {
        Some(address) => match address.split_once(']') {
            Some((address, port)) if !address.is_empty() && (port.is_empty() || port.starts_with(':')) => {
                port.trim_start_matches(':')
            }
            Some(_) | None => return false,
        },
        None => host.split_once(':').map_or("", |(_, port)| port),
    };
    let is_name = host.starts_with('[') || !host.contains(['[', ']', '#', ' ']);
    is_name && (port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_libpq_reads_is_well_formed() {
        for address in [
            "postgres://h/d",
            "postgresql:///d",
            "postgres://",
            "postgres://u:p%40%25@h:5432/d?sslmode=prefer&connect_timeout=3",
            "postgres://one:5432,two:5432/d",
            "postgres://u:p@one,two/d?target_session_attrs=read-write",
            "postgres://u:p@/d?host=/run/postgresql",
            "postgres://u@[::1]:5432/d",
            "postgres://u:p:q@h/d",
            "postgres://h?user=ada&password=p%26",
        ] {
            assert_eq!(well_formed(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn an_address_in_which_libpq_would_find_a_piece_of_the_password_is_refused_without_it() {
        for address in [
            "postgres://u:S3cr%et@h/d",
            "postgres://u:S3cr%@h/d",
            "postgres://u:S3cr%00@h/d",
            "postgres://u:S3cr@et@h/d",
            "postgres://u:S3cr/et@h/d",
            "postgres://u:12/S3cr?a=b@h/d",
            "postgres://u:S3cr?et@h/d",
            "postgres://u:S3cr#et@h/d",
            "postgres://u:S3cr@[::1/d",
            "postgres://u:S3cr@[]/d",
            "postgres://u:S3cr@[::1]x/d",
            "postgres://u:S3cr@h:port/d",
            "postgres://u:S3cr@h:0/d",
            "postgres://h/d?password=S3cr&et",
            "postgres://h/d?password=S3cr=et",
            "postgres://u:S3cr",
        ] {
            let why = well_formed(address).unwrap_err();
            assert!(!why.contains("S3cr"), "{address}: {why}");
        }
    }
}
