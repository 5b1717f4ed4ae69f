//! The workspace as the tests see it: its packages, what they depend on, and its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{fs, io};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

pub static WORKSPACE: LazyLock<Workspace> = LazyLock::new(Workspace::read);

pub struct Workspace {
    metadata: Metadata,
    /// Package to what it links, without what only its tests or build scripts use.
    links: BTreeMap<PackageId, Vec<PackageId>>,
}

impl Workspace {
    fn read() -> Self {
        let metadata = metadata(&[]);
        let nodes = &metadata.resolve.as_ref().unwrap().nodes;
        let links = nodes
            .iter()
            .map(|node| {
                let normal = node
                    .deps
                    .iter()
                    .filter(|dep| dep.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal));
                (node.id.clone(), normal.map(|dep| dep.pkg.clone()).collect())
            })
            .collect();
        Self { metadata, links }
    }

    pub fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    pub fn packages(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
    }

    /// The workspace's packages below a folder such as `crates/domain`.
    pub fn packages_in(&self, folder: &str) -> Vec<&Package> {
        let folder = self.root().join(folder);
        let packages: Vec<_> = self
            .packages()
            .into_iter()
            .filter(|p| p.manifest_path.starts_with(&folder))
            .collect();
        assert!(!packages.is_empty(), "no package is in {}", folder.display());
        packages
    }

    /// The names of everything that ends up in a program with `package`, itself left out.
    pub fn linked_into(&self, package: &Package) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![&package.id];
        while let Some(id) = open.pop() {
            let links = self.links.get(id).into_iter().flatten();
            open.extend(links.filter(|link| seen.insert(*link)));
        }
        seen.into_iter().map(|id| self.metadata[id].name.as_str()).collect()
    }

    /// Every file of the project, without what is built or fetched.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect(self.root(), &mut files).unwrap();
        files.sort();
        assert!(files.contains(&self.root().join("Cargo.toml")));
        files
    }
}

/// What Cargo knows of the workspace on this platform.
pub fn metadata(options: &[String]) -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    // Without the filter, Cargo wants the packages of every platform downloaded.
    let options = [&["--filter-platform".to_owned(), host()], options].concat();
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).other_options(options).exec().unwrap()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if ["target", "node_modules", "data", ".git", ".venv"]
            .iter()
            .any(|skipped| name == *skipped)
        {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned()
}
