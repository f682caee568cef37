using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using Memento.Tests.Documentation;
using Memento.Tests.Samples;

namespace Memento.Tests.Packages;

/// <summary>The packages of this build, in a folder that NuGet can take for a source.</summary>
[CollectionDefinition(nameof(PackageFeed))]
public sealed class PackageFeed : IAsyncLifetime, ICollectionFixture<PackageFeed>
{
    /// <summary>No release has it, and no machine has it in its cache.</summary>
    public const string Version = "0.0.0-test";

    private static readonly TimeSpan LongestPack = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();

    public static string[] Names { get; } =
    [
        .. Directory.GetDirectories(Path.Combine(Repository.Root, "src"))
            .Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal),
    ];

    public static string Configuration { get; } = typeof(PackageFeed).Assembly
        .GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The packages, and nothing else.</summary>
    public string Source => Path.Combine(_folder.Path, "feed");

    public async ValueTask InitializeAsync()
    {
        await using ChildProgram pack = ChildProgram.StartDotnet(
            Repository.Root, "pack", "Memento.Orleans.sln", "--no-build", "-nodeReuse:false",
            "-v", "quiet", "-c", Configuration, "-o", Source,
            $"-p:MinVerVersionOverride={Version}");
        int exit = await pack.WaitForEndAsync(LongestPack);
        Assert.True(exit == 0, $"{pack.Output}\n{pack.Errors}");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return default;
    }

    /// <summary>Opens a package.</summary>
    /// <param name="name">Its name, without the version.</param>
    /// <param name="kind">nupkg, or snupkg for its symbols.</param>
    internal ZipArchive Open(string name, string kind = "nupkg")
        => ZipFile.OpenRead(Path.Combine(Source, $"{name}.{Version}.{kind}"));

    /// <summary>What a package says of itself.</summary>
    internal async Task<XElement> DescribeAsync(string name)
    {
        await using ZipArchive package = Open(name);
        await using Stream stream = package.GetEntry($"{name}.nuspec")!.Open();
        XDocument document = XDocument.Load(stream);
        foreach (XElement element in document.Descendants())
            element.Name = element.Name.LocalName;
        return document.Root!.Element("metadata")!;
    }
}
