//! What is said in several places is the same in all of them.

use std::fs;

use serde_json::Value;

use crate::files::{object, project, text, yaml};
use crate::names::of_the_image;
use crate::unit::Unit;

/// `server.port` of `config/default.toml`.
fn port() -> u64 {
    let text = fs::read_to_string(project().join("config/default.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table["server"]["port"].as_integer().unwrap().try_into().unwrap()
}

/// The container of the deployment.
pub fn container() -> Value {
    let deployment = object("Deployment");
    let containers = deployment["spec"]["template"]["spec"]["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 1);
    containers[0].clone()
}

#[test]
fn every_file_means_the_port_that_tenon_listens_on() {
    let port = port();
    let dockerfile = text("Dockerfile");
    assert!(dockerfile.lines().any(|line| line == format!("EXPOSE {port}")));
    let compose = yaml("compose.yaml");
    let published = compose["services"]["tenon"]["ports"][0].as_str().unwrap();
    assert!(published.ends_with(&format!(":{port}")), "{published}");
    assert_eq!(container()["ports"][0]["containerPort"], port);
    let policy = object("NetworkPolicy");
    assert_eq!(policy["spec"]["ingress"][0]["ports"][0]["port"], port);
    let scraped = &object("Deployment")["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"];
    assert_eq!(*scraped, port.to_string());
    let tunnel = yaml("cloudflared/config.yml");
    let services = tunnel["ingress"].as_array().unwrap().iter();
    let to_tenon: Vec<&str> = services
        .filter_map(|rule| rule["service"].as_str())
        .filter(|service| service.starts_with("http://"))
        .collect();
    assert_eq!(to_tenon, [format!("http://tenon:{port}")]);
    for file in ["proxy/nginx.conf", "proxy/Caddyfile"] {
        let text = text(file);
        let instances = text.matches("10.0.0.1").count();
        assert!(
            instances >= 2 && instances == text.matches(&format!(":{port}")).count(),
            "{file}"
        );
    }
}

#[test]
fn every_user_number_is_the_one_that_the_image_has() {
    let passwd = text("image/root.sh");
    let dockerfile = text("Dockerfile");
    let pod = &object("Deployment")["spec"]["template"]["spec"]["securityContext"];
    let user = pod["runAsUser"].as_u64().unwrap();
    assert_eq!(pod["runAsGroup"], user);
    assert!(passwd.contains(&format!("tenon:x:{user}:{user}:")));
    assert!(dockerfile.contains(&format!("\nUSER {user}:{user}\n")));
    assert!(dockerfile.contains(&format!("--chown={user}:{user} /data ")));
}

#[test]
fn the_image_keeps_its_data_where_its_volume_is() {
    let folder = of_the_image()
        .into_iter()
        .find(|(name, _)| name == "TENON__DATA__FOLDER");
    let (_, folder) = folder.unwrap();
    assert!(text("Dockerfile").contains(&format!(" /data {folder}\n")));
}

#[test]
fn whoever_stops_tenon_gives_it_the_time_that_draining_takes() {
    // Half a second to say goodbye, two for sockets, 30 s for requests, ten for jobs beside them.
    const DRAINING: u64 = 40;
    let seconds = |text: &str| text.trim_end_matches('s').parse::<u64>().unwrap();
    let compose = yaml("compose.yaml");
    assert!(seconds(compose["services"]["tenon"]["stop_grace_period"].as_str().unwrap()) > DRAINING);
    assert!(seconds(Unit::read().one("TimeoutStopSec")) > DRAINING);
    let pod = &object("Deployment")["spec"]["template"]["spec"];
    let before = container()["lifecycle"]["preStop"]["sleep"]["seconds"]
        .as_u64()
        .unwrap();
    assert!(pod["terminationGracePeriodSeconds"].as_u64().unwrap() > DRAINING + before);
}

#[test]
fn all_that_is_of_kubernetes_means_the_same_pods() {
    let labels = object("Deployment")["spec"]["template"]["metadata"]["labels"].clone();
    assert!(labels.is_object());
    let selectors = [
        object("Deployment")["spec"]["selector"]["matchLabels"].clone(),
        object("Service")["spec"]["selector"].clone(),
        object("PodDisruptionBudget")["spec"]["selector"]["matchLabels"].clone(),
        object("NetworkPolicy")["spec"]["podSelector"]["matchLabels"].clone(),
    ];
    for selector in selectors {
        assert_eq!(selector, labels);
    }
    let target = &object("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"];
    assert_eq!(
        (&target["kind"], &target["name"]),
        (&"Deployment".into(), &object("Deployment")["metadata"]["name"])
    );
    assert_eq!(
        object("Service")["spec"]["ports"][0]["targetPort"],
        container()["ports"][0]["name"]
    );
    for (reference, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
        let sources = container()["envFrom"].as_array().unwrap().clone();
        let named = sources.iter().find_map(|source| source[reference]["name"].as_str());
        assert_eq!(named, object(kind)["metadata"]["name"].as_str());
    }
}

#[test]
fn the_kustomization_names_every_object_but_the_secret() {
    let kustomization = yaml("kubernetes/kustomization.yaml");
    let mut named: Vec<&str> = kustomization["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    named.sort_unstable();
    let files = crate::files::objects();
    let files: Vec<&str> = files
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| *name != "secret.example.yaml")
        .collect();
    assert_eq!(named, files);
    assert_eq!(kustomization["images"][0]["name"], container()["image"]);
}

#[test]
fn compose_brings_the_tunnel_of_cloudflared_and_its_network() {
    let (compose, tunnel) = (yaml("compose.yaml"), yaml("cloudflared/compose.yaml"));
    let service = &compose["services"]["cloudflared"];
    assert_eq!(service["extends"]["file"], "cloudflared/compose.yaml");
    assert!(tunnel["services"][service["extends"]["service"].as_str().unwrap()].is_object());
    assert_eq!(service["profiles"][0], "tunnel");
    assert_eq!(compose["networks"]["tenon"]["name"], "tenon");
    let subnet = &compose["networks"]["tenon"]["ipam"]["config"][0]["subnet"];
    assert_eq!(
        *subnet,
        compose["services"]["tenon"]["environment"]["TENON__PROXIES__TRUSTED"]
    );
}

#[test]
fn redis_throws_nothing_out() {
    let compose = yaml("compose.yaml");
    let command = compose["services"]["redis"]["command"].as_array().unwrap();
    let policy = command.iter().position(|word| word == "--maxmemory-policy").unwrap();
    assert_eq!(command[policy + 1], "noeviction");
}
