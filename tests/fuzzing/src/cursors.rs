//! Cursors of every kind of listing.

use tenon_http::parsers::{Listing, cursor, write_cursor};

const LISTINGS: [Listing; 5] = [
    Listing::ById,
    Listing::AssetsByCreation,
    Listing::AssetsByUpdate,
    Listing::AssetsByTitle,
    Listing::Audit,
];

/// The first byte chooses a listing, the second what the rest is: a cursor, or a position to which the checksum is put.
pub fn cursors(bytes: &[u8]) {
    let &[listing, kind, ref rest @ ..] = bytes else { return };
    let listing = LISTINGS[usize::from(listing) % LISTINGS.len()];
    if kind % 2 == 0 {
        if let Ok(place) = cursor(listing, &crate::text(rest)) {
            reads_back(listing, &place);
        }
        return;
    }
    let written = write_cursor(listing, rest);
    if let Ok(place) = cursor(listing, &written) {
        reads_back(listing, &place);
    }
    is_bound(listing, &written, usize::from(kind));
}

/// Where a cursor points can be written out, and is the same place then.
fn reads_back(listing: Listing, place: &[u8]) {
    let again = cursor(listing, &write_cursor(listing, place)).unwrap();
    assert_eq!(again, place, "{listing:?}");
}

/// Neither a changed character nor another kind of listing leaves a cursor good.
fn is_bound(listing: Listing, written: &str, place: usize) {
    let mut changed = written.to_owned().into_bytes();
    let place = place % changed.len();
    changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
    assert!(
        cursor(listing, &crate::text(&changed)).is_err(),
        "{written} changed at {place}"
    );
    let other = if listing == Listing::Audit {
        Listing::ById
    } else {
        Listing::Audit
    };
    assert!(
        cursor(other, written).is_err(),
        "{written} of {listing:?} is good for {other:?}"
    );
}
