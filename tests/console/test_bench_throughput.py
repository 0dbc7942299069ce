"""What the benchmark of throughput is made of: the truth of a page stands where its scan does."""

from console.bench_throughput_made import made_material


def test_full_pages_follow_the_first_paper_and_their_truth_stands_beside_them(tmp_path):
    plain = made_material(1, 1, tmp_path / "plain")
    longer = made_material(1, 1, tmp_path / "longer", text_pages=2)

    names = [file.name for file in longer.files]
    first = plain.files[0]
    assert names == [
        first.name,
        f"{first.stem}_02.jpg",
        f"{first.stem}_03.jpg",
        *(f.name for f in plain.files[1:]),
    ]
    assert [page["text"] for page in longer.pages if page in plain.pages] == [p["text"] for p in plain.pages]
    assert [page["text"][0] for page in longer.pages[1:3]] == ["2", "3"]
    assert all(len(page["text"]) > 40 for page in longer.pages[1:3])
