use super::variables::Variables;

/// The variables that operators of such services set, and the keys that they stand for.
const NAMES: [(&str, &str); 8] = [
    ("PORT", "server.port"),
    ("APP_URL", "server.app_url"),
    ("DATABASE_URL", "database.url"),
    ("JWT_SECRET", "auth.jwt_secret"),
    ("ENCRYPTION_KEY", "auth.encryption_key"),
    ("OPERATOR_PASSWORD", "auth.operator_password"),
    ("CORS_ORIGINS", "cors.origins"),
    ("GRAPH_WEBHOOK_URL", "graph.webhook_url"),
];

/// The keys that plain variables set: the key, the name of the variable, the text.
pub(super) fn values(variables: &Variables) -> Vec<(&'static str, &'static str, String)> {
    let found = |(name, key): &(&'static str, &'static str)| Some((*key, *name, variables.get(name)?.to_owned()));
    NAMES.iter().filter_map(found).chain(redis(variables)).collect()
}

fn redis(variables: &Variables) -> Option<(&'static str, &'static str, String)> {
    const KEY: &str = "redis.url";
    if let Some(url) = variables.get("REDIS_URL") {
        return Some((KEY, "REDIS_URL", url.to_owned()));
    }
    // Kubernetes sets REDIS_PORT=tcp://10.0.0.1:6379 for any service named redis; that is not meant for us.
    let port = variables.get("REDIS_PORT").filter(|port| !port.starts_with("tcp://"));
    let (name, host, port) = match (variables.get("REDIS_HOST"), port) {
        (None, None) => return None,
        (Some(host), None) => ("REDIS_HOST", host, "6379"),
        (None, Some(port)) => ("REDIS_PORT", "localhost", port),
        (Some(host), Some(port)) => ("REDIS_HOST and REDIS_PORT", host, port),
    };
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    Some((KEY, name, format!("redis://{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redis_of<const N: usize>(variables: [(&str, &str); N]) -> Option<String> {
        redis(&Variables::from(variables)).map(|(_, _, url)| url)
    }

    #[test]
    fn redis_host_and_port_make_a_url_and_the_url_wins() {
        assert_eq!(redis_of([]), None);
        assert_eq!(redis_of([("REDIS_HOST", "cache")]).unwrap(), "redis://cache:6379");
        assert_eq!(redis_of([("REDIS_PORT", "7000")]).unwrap(), "redis://localhost:7000");
        assert_eq!(
            redis_of([("REDIS_HOST", "::1"), ("REDIS_PORT", "7000")]).unwrap(),
            "redis://[::1]:7000"
        );
        assert_eq!(
            redis_of([("REDIS_HOST", "cache"), ("REDIS_URL", "redis://other")]).unwrap(),
            "redis://other"
        );
        assert_eq!(
            redis_of([("REDIS_HOST", "cache"), ("REDIS_PORT", "")]).unwrap(),
            "redis://cache:6379"
        );
    }

    #[test]
    fn the_redis_port_that_kubernetes_sets_is_not_meant() {
        assert_eq!(redis_of([("REDIS_PORT", "tcp://10.0.0.1:6379")]), None);
    }
}
