/// The looks of pictures and pages. The colours have a contrast of 4.5 to 1 and more where text
/// stands on them, light and dark, and nothing is said by red alone: what is wrong is also thicker,
/// dashed, or marked with ✗.
enum TimelineStyle {
    /// Colours by name, light and dark; `--vN` is the Nth vector's, `--fN` its filling.
    static let colours = """
        :root{color-scheme:light dark;\(light)}
        @media(prefers-color-scheme:dark){:root:not([data-theme=light]){\(dark)}}
        :root[data-theme=dark]{\(dark)}
        """

    private static let light =
        "--bg:#fff;--panel:#f6f8fa;--line:#d0d7de;--ink:#1f2328;--dim:#59636e;--v0:#0969da;"
        + "--v1:#b35900;--v2:#0f766e;--v3:#8250df;--f0:#b6d6fb;--f1:#f7d38f;--f2:#a9e0d8;"
        + "--f3:#dcc8fb;--bad:#cf222e;--badbg:#ffebe9;--ok:#1a7f37;--cur:#fff6d6;--ghost:#656d76"
    private static let dark =
        "--bg:#0d1117;--panel:#161b22;--line:#30363d;--ink:#e6edf3;--dim:#9198a1;--v0:#58a6ff;"
        + "--v1:#e8a33d;--v2:#3fc5b7;--v3:#b794f6;--f0:#16406e;--f1:#6b4a10;--f2:#0f4f49;"
        + "--f3:#4b3480;--bad:#ff7b72;--badbg:#3c1618;--ok:#4ac26b;--cur:#2a2710;--ghost:#8b949e"

    /// Of each vector there are four looks, then they begin again.
    static let vectors = 4

    private static let letters =
        "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

    /// Of the elements of a picture.
    static let picture: String = {
        var css = """
            .t{font:12px \(letters);fill:var(--ink)}.s{font-size:11px}.d{fill:var(--dim)}
            .h{font:600 13px \(letters);fill:var(--ink)}
            .o{font:600 11px system-ui,sans-serif;fill:var(--dim)}
            .bg{fill:var(--bg)}.band{fill:var(--panel)}
            .g{stroke:var(--line);fill:none;stroke-dasharray:1 3}
            .cols{fill:var(--cur)}.cols path{opacity:0}.cols .on{opacity:1}
            svg{stroke-width:1.5}.w{fill:none;stroke-width:2}.n{stroke:var(--dim)}
            .a{fill:none;stroke-width:1.8}.nt{stroke-dasharray:5 3;stroke-width:1.4}
            .wrong{fill:none;stroke:var(--bad);stroke-width:4;marker-end:url(#hb)}
            .cut{marker-end:none}
            .bl{fill:none;stroke:var(--bad);stroke-width:2}
            .gh{fill:none;stroke:var(--ghost);stroke-width:1.8;stroke-dasharray:2 4;
            marker-end:url(#hg)}
            .gk{fill:var(--ghost)}
            .bad{fill:var(--bad);font-weight:700}.box{fill:var(--badbg);stroke:var(--bad)}
            .hol{fill:var(--bg);stroke:var(--bad);stroke-dasharray:4 3;stroke-width:1.5}
            .un{stroke-dasharray:2 3;fill-opacity:.45}
            .halo{paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round}

            """
        for index in 0..<vectors {
            css +=
                ".w\(index),.a\(index),.b\(index){stroke:var(--v\(index))}"
                + ".b\(index){fill:var(--f\(index))}.k\(index){fill:var(--v\(index))}"
                + ".a\(index){marker-end:url(#h\(index))}"
        }
        return css
    }()

    /// The heads of arrows, which the looks of arrows name.
    static let markers: String = {
        func marker(_ name: String, _ looks: String, _ size: Int) -> String {
            "<marker id=\"\(name)\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" "
                + "markerWidth=\"\(size)\" markerHeight=\"\(size)\" orient=\"auto\" "
                + "markerUnits=\"userSpaceOnUse\"><path d=\"M0 0L8 4L0 8z\" class=\"\(looks)\"/>"
                + "</marker>"
        }
        let own = (0..<vectors).map { marker("h\($0)", "k\($0)", 8) }.joined()
        return "<defs>\(own)\(marker("hb", "bad", 15))\(marker("hg", "gk", 9))</defs>"
    }()
}
