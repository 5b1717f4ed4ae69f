//! How every page looks, from a phone to a wide screen, in light and dark. With `TENON_TEST_PICTURES` pictures of them are kept
//! in the folder that it names; `docs/images` has those of the README.

use super::desk::Desk;
use super::pages::{DIALOGS, OF_A_PERSON, OF_THE_OPERATOR, each, lived_in};

/// Widths, and whether it is dark.
const LOOKS: [(u32, bool); 4] = [(1600, false), (1600, true), (400, true), (400, false)];

/// The elements that stick out of the window to the right, and whether there is something to scroll to that they do not explain.
const STICKING_OUT: &str = "(() => { const { clientWidth, scrollWidth } = document.documentElement; \
    const out = [...document.querySelectorAll('#shell *, dialog *')].filter((node) => desk.seen(node) && !node.closest('thead, .unseen, .skip') \
    && node.getBoundingClientRect().right > clientWidth + 1).map((node) => node.outerHTML.slice(0, 120)); \
    return scrollWidth > clientWidth ? [`${scrollWidth} pixels in ${clientWidth}`, ...out] : out; })()";

async fn look(desk: &mut Desk, page: &str, whose: &str) {
    for (width, dark) in LOOKS {
        desk.size(width, 900, dark).await;
        let out = desk.browser.evaluate(STICKING_OUT).await;
        assert!(out.as_array().unwrap().is_empty(), "{page} at {width}: {out:#}");
        let page = if page == "/" {
            "overview"
        } else {
            page.trim_start_matches('/')
        };
        let shade = if dark { "dark" } else { "light" };
        desk.keep_picture(&format!("{whose}-{page}-{width}-{shade}.png")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_sticks_out_of_the_pages_of_a_person_at_any_width() {
    let (app, ada, asset) = lived_in().await;
    let mut desk = Desk::open(&app).await;
    desk.at("Sign in").await;
    look(&mut desk, "/sign-in", "person").await;
    desk.sign_in(&ada).await;
    each(
        &mut desk,
        OF_A_PERSON,
        Some(&asset),
        async |desk: &mut Desk, page: &str| {
            look(desk, page, "person").await;
        },
    )
    .await;
    for (path, heading, opens) in DIALOGS {
        desk.size(1280, 900, false).await;
        desk.go(path, heading).await;
        desk.click(opens).await;
        desk.wait("document.querySelector('dialog[open]')").await;
        look(&mut desk, &format!("{path}-dialog"), "person").await;
        desk.key("Escape").await;
        desk.wait("!document.querySelector('dialog')").await;
    }
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_sticks_out_of_the_pages_of_the_operator_at_any_width() {
    let (app, ..) = lived_in().await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in_as_operator().await;
    each(&mut desk, OF_THE_OPERATOR, None, async |desk: &mut Desk, page: &str| {
        look(desk, page, "operator").await;
    })
    .await;
    desk.leave().await;
}
