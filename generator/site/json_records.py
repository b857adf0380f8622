"""Describe findings, tags, groups and posts as report.json holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.report.model import Brand, Cluster, Group, Report, ShownPost, Territory
from generator.site.finding_texts import tell_findings
from generator.site.tables import Value, shorten, write_field, write_time
from generator.tags.model import Tags


def describe_findings(report: Report) -> Iterator[dict[str, Any]]:
    """Yield the findings that the report opens with, in numbers and in the words of its pages."""
    for finding, text in zip(report.findings, tell_findings(report), strict=True):
        group = report.find_group(finding)
        brands = [None if brand is None else report.brands[brand].key for brand in (finding.brand, finding.other)]
        yield {
            "kind": finding.kind,
            "term": None if finding.term is None else report.tags.terms[finding.term].key,
            "field": report.find_field(finding.value[0]).key if finding.value else None,
            "field_name": report.find_field(finding.value[0]).name if finding.value else None,
            "value": finding.value[1] if finding.value else None,
            "subject": None if finding.subject is None else report.subjects[finding.subject].key,
            "subject_name": None if finding.subject is None else report.subjects[finding.subject].name,
            "brand": brands[0],
            "other": brands[1],
            "level": finding.level if group else None,
            "cluster": group.key if group else None,
            "figure": shorten(finding.figure),
            "low": shorten(finding.low),
            "high": shorten(finding.high),
            "expected": shorten(finding.expected),
            "only_at_least": finding.is_bound,
            "counted_posts": finding.counts[0],
            "occasions": finding.counts[1],
            "figure_text": text.figure,
            "sentence": text.sentence,
            "note": text.note,
            "page": text.page,
            "posts": [report.find_image(index).id for index in finding.posts],
        }


def describe_tags(tags: Tags) -> dict[str, Any]:
    """Return the terms that images were tagged with; a post names its own by their keys, wider terms first."""
    terms = []
    for term in tags.terms:
        measured = term.measured and {
            "shown": term.measured.shown,
            "precision": term.measured.precision,
            "coverage": term.measured.coverage,
        }
        under = None if term.under is None else tags.terms[term.under].key
        terms.append({"key": term.key, "name": term.name, "under": under, "posts": term.posts, "measured": measured})
    return {"left_out": tags.left_out, "terms": terms}


def describe_group(group: Group, report: Report) -> dict[str, Any]:
    """Return a brand, territory or cluster; its posts are told apart by ids."""
    return {
        "key": group.key,
        "name": group.name,
        "posts": len(group.posts),
        "share": round(group.share, 6),
        "colour": group.colour if isinstance(group, Cluster | Territory) else None,
        "median_likes": group.median_likes if isinstance(group, Brand) else None,
        "content": list(group.content) if isinstance(group, Cluster | Territory) else [],
        "words": list(group.words) if isinstance(group, Cluster | Territory) else [],
        "found_name": group.found_name,
        "note": group.note,
        "stability": round(group.stability, 6) if isinstance(group, Cluster) else None,
        "set_apart": group.is_set_apart if isinstance(group, Cluster) else None,
        **_describe_place(group, report),
        "representatives": [report.find_image(index).id for index in group.representatives],
    }


def _describe_place(group: Group, report: Report) -> dict[str, Any]:
    """Return the clusters of a territory, or the territory of a cluster."""
    if isinstance(group, Territory):
        return {"clusters": [report.clusters[position].key for position in group.clusters]}
    if isinstance(group, Cluster):
        return {"territory": None if group.territory is None else report.territories[group.territory].key}
    return {}


def describe_fields(report: Report) -> list[dict[str, Any]]:
    """Return the fields of the posts; a post has values by their keys."""
    return [
        {
            "key": field.key,
            "name": field.name,
            "kind": field.kind,
            "posts": field.filled,
            **({"categories": list(field.categories)} if field.categories else {}),
        }
        for field in report.fields
    ]


def describe_comparison(report: Report) -> dict[str, Any]:
    """Return the field within which brands are compared, and how, and the benchmark; None for each if there is none."""
    within, beside = report.within, report.benchmark
    benchmark = beside and {
        "title": beside.title,
        "built": beside.built.isoformat() if beside.built else None,
        "posts": beside.posts,
        "brands": beside.brands,
        "rows": beside.ledger.rows if beside.ledger else None,
        "refused": beside.ledger.refused if beside.ledger else None,
    }
    if within is None:
        return {"within": None, "benchmark": benchmark}
    categories = [
        {
            "name": category.name,
            "weight": shorten(category.weight),
            "not_compared": [report.brands[brand].key for brand in category.left_out],
        }
        for category in within.categories
    ]
    return {
        "within": report.fields[within.field].key,
        "benchmark": benchmark,
        "posts_without_category": within.unknown,
        "categories": categories,
    }


def _describe_values(post: ShownPost, report: Report) -> dict[str, Value]:
    values = zip(report.fields, post.fields, strict=True)
    return {field.key: write_field(value) for field, value in values if value is not None}


def describe_post(post: ShownPost, report: Report) -> dict[str, Any]:
    """Return a post; its brand, cluster, territory and tags are keys."""
    return {
        "id": post.id,
        "table": post.table,
        "row": post.row,
        "thumbnail": post.thumbnail,
        "brand": report.brands[post.brand].key,
        **_describe_position(post, report),
        "likes": post.likes,
        "comments": post.comments,
        "followers": None if post.followers is None else round(post.followers),
        "published": write_time(post.published),
        "published_precision": post.precision if post.published else None,
        "format": post.format,
        "permalink": post.permalink,
        "caption": post.caption,
        "picture": post.picture,
        "image_sha256": post.image,
        "image_hash": f"{post.hash:016x}",
        "tags": [report.tags.terms[term].key for term in post.tags],
        "own_tags": list(post.own_tags),
        "notes": list(post.notes),
        **({"fields": _describe_values(post, report)} if report.fields else {}),
    }


def describe_image(image: ShownPost, report: Report) -> dict[str, Any]:
    """Return a further image of a post: its own facts; what else is known of it is the post's."""
    return {
        "id": image.id,
        "post": report.posts[image.owner or 0].id,
        "thumbnail": image.thumbnail,
        **_describe_position(image, report),
        "picture": image.picture,
        "image_sha256": image.image,
        "image_hash": f"{image.hash:016x}",
        "tags": [report.tags.terms[term].key for term in image.tags],
    }


def _describe_position(image: ShownPost, report: Report) -> dict[str, Any]:
    return {
        "cluster": None if image.cluster is None else report.clusters[image.cluster].key,
        "territory": None if image.territory is None else report.territories[image.territory].key,
        "x": round(image.x, 6),
        "y": round(image.y, 6),
        "column": image.column,
        "line": image.line,
    }


def list_images(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the records of all images in a report.json: the posts, then their further images, each with its post's."""
    posts = content["posts"]
    further = content.get("images") or ()
    of_id = {post["id"]: post for post in posts} if further else {}
    return [*posts, *({**of_id[image["post"]], **image} for image in further)]
