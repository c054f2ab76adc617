"""Which addresses mean the same repository."""

import pytest

from clare.repositories import rewritten, same_as

SHOP = [
    "git@host:a/shop.git",
    "host:a/shop",
    "ssh://git@host/a/shop",
    "ssh://git@host:2222/a/shop.git/",
    "https://host/a/shop",
    "https://nat@HOST/a//shop.git",
    "http://host:8080/a/shop/",
    "git://host/a/shop.git",
    " git@Host:/a/shop.git ",
]


@pytest.mark.parametrize("url", SHOP)
def test_all_addresses_of_one_repository_are_the_same(url: str) -> None:
    assert same_as(url) == "host/a/shop"


@pytest.mark.parametrize("url", ["git@host:b/shop", "https://other/a/shop", "git@host:a/shop2"])
def test_other_repositories_are_others(url: str) -> None:
    assert same_as(url) not in ("", "host/a/shop")


@pytest.mark.parametrize(
    "url",
    ["/srv/shop.git", "../shop", "file:///srv/shop", "", "shop", "~/x", "https://host/", "a:"],
)
def test_a_folder_is_no_repository_for_all(url: str) -> None:
    assert same_as(url) == ""


def test_git_s_own_rewriting_is_followed() -> None:
    rules = {"gh:": "git@host:", "gh:a/": "https://host/a/"}
    assert rewritten("gh:a/shop", rules) == "https://host/a/shop"
    assert rewritten("gh:b/shop", rules) == "git@host:b/shop"
    assert rewritten("x", rules) == "x"
