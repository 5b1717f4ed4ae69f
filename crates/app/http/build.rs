//! Takes what the page at `/docs` needs out of the archive of Swagger UI, and leaves there what no browser would ask for.

use std::error::Error;
use std::fs::File;
use std::io::{self, Cursor};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// As `src/routes/docs.rs` serves them.
const FILES: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for name in FILES {
        let ending = format!("/dist/{name}");
        let at = archive
            .file_names()
            .position(|path| path.is_ok_and(|path| path.ends_with(&ending)));
        let at = at.ok_or_else(|| format!("Swagger UI's archive has no {ending}"))?;
        let mut file = GzEncoder::new(File::create(folder.join(format!("{name}.gz")))?, Compression::best());
        io::copy(&mut archive.by_index(at)?, &mut file)?;
        file.finish()?;
    }
    Ok(())
}
