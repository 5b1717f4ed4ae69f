//! What people write, numbers and times, kept as they are.

use tenon_assets::{Asset, AssetTitle, Attributes, Category, Description, Direction, Listing, Sort, SortKey, Tags};
use tenon_kernel::{Id, Timestamp};
use tenon_tests::accounts::act;
use tenon_tests::assets::{asset, entering, keep, keeper, listed};
use tenon_tests::clock::{MICROSECOND, moment};
use tenon_tests::for_each_store;

use super::found;

/// Texts of one line that quoting, encoding or comparing could spoil.
pub const LINES: [&str; 22] = [
    "plain",
    "it's O'Brien's",
    "'",
    "''",
    "\"double\"",
    "back\\slash \\' \\\\",
    "\\",
    "100 % _under_score_ %",
    "a & b | c ! d",
    ":* <-> x:*A",
    "$1 $2 ? ?1 :name @p {x}",
    "-- comment /* here */ ; DROP TABLE assets",
    "Größe Straße ŁÓDŹ İstanbul",
    "日本語の資産",
    "Привет, мир",
    "שלום مرحبا",
    "नमस्ते ภาษาไทย",
    "👩‍👩‍👧 🦉 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "e\u{301} is not é",
    "\u{10ffff}\u{fffd}\u{feff}x",
    "#tag @organization",
    "NULL",
];

for_each_store!(text_is_kept_as_it_was_written, |store| {
    let scope = keeper(&store, "ada").await;
    for line in LINES {
        let mut written = asset(&scope, line);
        written.description = Description::parse(&format!(" {line}\r\n\t{line}\n")).unwrap();
        written.category = Category::parse(line).unwrap();
        written.tags = Tags::parse(&[line, "second"]).unwrap();
        let attributes = serde_json::json!({ line: line }).to_string();
        written.attributes = Attributes::parse(attributes).unwrap();
        store
            .inventory
            .insert(&written, entering(&written), None)
            .await
            .unwrap();
        assert_eq!(found(&store, &scope, &written).await, Some(written), "{line}");
    }
});

for_each_store!(the_longest_texts_are_kept_whole, |store| {
    let scope = keeper(&store, "ada").await;
    for letter in ["a", "ß", "語", "🦉"] {
        let mut long = asset(&scope, &letter.repeat(200));
        let words: Vec<String> = (0..1_200).map(|number| format!("{letter}{number:05}")).collect();
        long.description = Description::parse(&words.join(" ").chars().take(10_000).collect::<String>()).unwrap();
        long.category = Category::parse(&letter.repeat(100)).unwrap();
        let tags: Vec<String> = (0..32)
            .map(|number| format!("{number:02}{}", letter.repeat(48)))
            .collect();
        long.tags = Tags::parse(&tags).unwrap();
        store.inventory.insert(&long, entering(&long), None).await.unwrap();
        assert_eq!(found(&store, &scope, &long).await, Some(long.clone()));
        let changed = Asset {
            description: Description::default(),
            tags: Tags::default(),
            title: AssetTitle::parse("short").unwrap(),
            version: long.version.next(),
            ..long.clone()
        };
        store.inventory.replace(&scope, &long, &changed, act()).await.unwrap();
        assert_eq!(found(&store, &scope, &changed).await, Some(changed));
    }
});

for_each_store!(attributes_are_kept_byte_for_byte, |store| {
    let scope = keeper(&store, "ada").await;
    let deep =
        |open: &str, close: &str, times: usize| format!("{{\"a\":{}1{}}}", open.repeat(times), close.repeat(times));
    let texts = [
        r#"{"b" : 1,  "a":[ 1 ,2 ],"b":2}"#.to_owned(),
        r#"{"nul":"\u0000","half":"\ud800","pair":"\ud83e\udd89","raw":"🦉","slash":"\/"}"#.to_owned(),
        "{\"space\"\t:\r\n  1e400, \"small\": -0.0, \"big\": 123456789012345678901234567890.123456789}".to_owned(),
        "{}".to_owned(),
        "{ }".to_owned(),
        format!("{{\"long\":\"{}\"}}", "x".repeat(Attributes::MAX_BYTES - 11)),
        deep("[", "]", 8_000),
        deep("{\"\":", "}", 2_600),
    ];
    for text in texts {
        let mut with = asset(&scope, "Attributes");
        with.attributes = Attributes::parse(text.clone()).unwrap();
        store.inventory.insert(&with, entering(&with), None).await.unwrap();
        let read = found(&store, &scope, &with).await.unwrap();
        assert_eq!(read.attributes.as_str(), text);
    }
});

for_each_store!(titles_sort_by_the_code_points_of_their_characters, |store| {
    let scope = keeper(&store, "ada").await;
    let titles = [
        "Z", "a", "B", "b", "é", "e\u{301}", "z", "Ä", "_", "10", "9", "a b", "ab", "a-b", "\u{ffff}", "🦉", "日",
    ];
    for title in titles.iter().chain(&LINES) {
        keep(&store, &scope, title).await;
    }
    let mut expected: Vec<&str> = titles.iter().chain(&LINES).copied().collect();
    expected.sort_unstable();
    for (direction, reversed) in [(Direction::Ascending, false), (Direction::Descending, true)] {
        let key = SortKey::Title;
        let listing = Listing {
            sort: Sort { key, direction },
            ..Listing::default()
        };
        let read = listed(&store, &scope, listing, 5).await;
        let mut read: Vec<&str> = read.iter().map(|asset| asset.title.as_str()).collect();
        if reversed {
            read.reverse();
        }
        assert_eq!(read, expected);
    }
});

for_each_store!(times_are_kept_to_the_microsecond, |store| {
    let scope = keeper(&store, "ada").await;
    let now = moment();
    let mut times = vec![
        Timestamp::parse("9999-12-31T23:59:59.999999Z").unwrap(),
        Timestamp::from_micros(0),
    ];
    times.extend([-1, 1, 946_684_799_999_999, 946_684_800_000_000].map(Timestamp::from_micros));
    times.extend([now, now.plus(MICROSECOND), now.minus(MICROSECOND)]);
    for time in times {
        let mut timed = asset(&scope, "Timed");
        timed.id = Id::at(moment());
        timed.created_at = time;
        timed.updated_at = time.plus(MICROSECOND);
        store.inventory.insert(&timed, entering(&timed), None).await.unwrap();
        let read = found(&store, &scope, &timed).await.unwrap();
        assert_eq!((read.created_at, read.updated_at), (timed.created_at, timed.updated_at));
    }
});
