using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Memento.Tests.Documentation;

namespace Memento.Tests.Packages;

/// <summary>What somebody gets who installs the store.</summary>
[Collection(nameof(PackageFeed))]
public sealed class PackageTests(PackageFeed feed)
{
    private const string Abstractions = "Memento.Orleans.Abstractions";

    /// <summary>What every package has for NuGet's own use.</summary>
    private static readonly string[] Wrapping =
        ["[Content_Types].xml", "_rels/.rels", "package/services/metadata/core-properties/"];

    /// <summary>The packages of this repository that each one brings.</summary>
    private static readonly Dictionary<string, string[]> References = new()
    {
        [Abstractions] = [],
        ["Memento.Orleans"] = [Abstractions, "Memento.Orleans.Sqlite"],
        ["Memento.Orleans.PostgreSql"] = [Abstractions],
        ["Memento.Orleans.Sqlite"] = [Abstractions],
        ["Memento.Orleans.Testing"] = ["Memento.Orleans"],
    };

    public static TheoryData<string> Names { get; } = [.. PackageFeed.Names];

    [Fact]
    public void Each_library_is_a_package_with_symbols_and_nothing_else_is()
        => Assert.Equal(
            PackageFeed.Names
                .SelectMany(static name => (string[])[$"{name}.nupkg", $"{name}.snupkg"])
                .Order(StringComparer.Ordinal),
            Directory.GetFiles(feed.Source)
                .Select(static file => Path.GetFileName(file)
                    .Replace($".{PackageFeed.Version}", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_package_has_its_library_and_docs_and_nothing_else(string name)
    {
        await using ZipArchive package = feed.Open(name);
        await using ZipArchive symbols = feed.Open(name, "snupkg");

        Assert.Equal(
            [
                $"{name}.nuspec", "README.md", "icon.png",
                $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml",
            ],
            Contents(package));
        Assert.Equal([$"{name}.nuspec", $"lib/net10.0/{name}.pdb"], Contents(symbols));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_package_says_what_it_is(string name)
    {
        XElement metadata = await feed.DescribeAsync(name);
        await using ZipArchive package = feed.Open(name);

        Assert.Equal(name, metadata.Element("id")?.Value);
        Assert.Equal("MIT", metadata.Element("license")?.Value);
        Assert.Equal("README.md", metadata.Element("readme")?.Value);
        Assert.Equal("icon.png", metadata.Element("icon")?.Value);
        Assert.Equal("git", metadata.Element("repository")?.Attribute("type")?.Value);
        Assert.EndsWith(".", metadata.Element("description")?.Value, StringComparison.Ordinal);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md")),
            await ReadAsync(package.GetEntry("README.md")!));
        Assert.Contains(
            "<summary>", await ReadAsync(package.GetEntry($"lib/net10.0/{name}.xml")!),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_package_brings_the_others_in_its_own_version_and_no_tools(string name)
    {
        XElement[] dependencies =
            [.. (await feed.DescribeAsync(name)).Descendants("dependency")];

        Assert.Equal(
            References[name],
            dependencies.Select(static each => each.Attribute("id")!.Value)
                .Where(static id => id.StartsWith("Memento.", StringComparison.Ordinal)));
        Assert.All(
            dependencies.Where(static each =>
                each.Attribute("id")!.Value.StartsWith("Memento.", StringComparison.Ordinal)),
            static each => Assert.Equal(PackageFeed.Version, each.Attribute("version")!.Value));
        Assert.DoesNotContain(
            dependencies,
            static each => each.Attribute("id")!.Value
                is "MinVer" or "Microsoft.CodeAnalysis.PublicApiAnalyzers");
    }

    /// <summary>A developer's Debug build keeps its paths: debuggers use them.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_package_does_not_say_where_it_was_built(string name)
    {
        bool keepsPaths = PackageFeed.Configuration == "Debug"
            && Environment.GetEnvironmentVariable("CI") != "true";
        await using ZipArchive package = feed.Open(name);
        await using ZipArchive symbols = feed.Open(name, "snupkg");
        List<string> telling = [];
        foreach (ZipArchiveEntry entry in package.Entries.Concat(symbols.Entries))
        {
            if (keepsPaths && Path.GetExtension(entry.Name) is ".dll" or ".pdb") continue;
            if (await NamesFolderAsync(entry)) telling.Add(entry.FullName);
        }

        Assert.Equal([], telling);
    }

    private static IEnumerable<string> Contents(ZipArchive package)
        => package.Entries.Select(static entry => entry.FullName)
            .Where(static name => !Wrapping.Any(
                each => name.StartsWith(each, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);

    private static async Task<string> ReadAsync(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(await entry.OpenAsync());
        return await reader.ReadToEndAsync();
    }

    private static async Task<bool> NamesFolderAsync(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        await using Stream stream = await entry.OpenAsync();
        await stream.CopyToAsync(content);
        return new[] { Encoding.UTF8, Encoding.Unicode }.Any(encoding =>
            content.GetBuffer().AsSpan(0, (int)content.Length)
                .IndexOf(encoding.GetBytes(Repository.Root)) >= 0);
    }
}
