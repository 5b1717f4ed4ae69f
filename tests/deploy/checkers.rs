//! What programs that were made to find faults in such files say.

use crate::files::{beside_python, objects, path, succeed};

#[test]
fn hadolint_finds_no_fault_with_the_dockerfile() {
    succeed(beside_python("hadolint").arg("--no-color").arg(path("Dockerfile")));
}

#[test]
fn kubernetes_knows_every_field_of_every_object() {
    let mut validate = beside_python("kubernetes-validate");
    validate.args(["--strict", "--kubernetes-version", "1.37"]);
    let files: Vec<_> = objects()
        .iter()
        .map(|(name, _)| path("kubernetes").join(name))
        .collect();
    assert_eq!(files.len(), 8);
    let output = succeed(validate.args(&files));
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches(" passed for resource ").count(), files.len(), "{said}");
}

#[test]
fn kubernetes_would_notice_a_field_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.yaml");
    let text = std::fs::read_to_string(path("kubernetes/service.yaml")).unwrap();
    std::fs::write(&file, text.replace("sessionAffinity:", "sessionAffinityy:")).unwrap();
    let mut validate = beside_python("kubernetes-validate");
    assert!(!validate.arg("--strict").arg(&file).output().unwrap().status.success());
}
