using System.Reflection;
using Memento.Tests.Documentation;
using Memento.Tests.Samples;

namespace Memento.Tests.Packages;

/// <summary>
/// Projects outside the repository that know the store from a package source alone. What the
/// packages depend on is on the machine that has built them, and is taken from there.
/// </summary>
[Collection(nameof(PackageFeed))]
public sealed class PackedProgramTests(PackageFeed feed) : IDisposable
{
    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(5);

    private static readonly string Cache = typeof(PackedProgramTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static each => each.Key == "PackageCache").Value!;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_program_of_the_readme_runs_with_the_packages()
    {
        string project = WriteProject("movies", "Memento.Orleans");
        _folder.Write("Program.cs", FirstScreenTests.FirstProgram().Code);

        await RunAsync(
            "build", project, "-nodeReuse:false", "-v", "quiet", "-o", _folder.File("out"));
        string output = await RunAsync("exec", _folder.File("out/movies.dll"));

        Assert.Equal("1: Rush (2013)", output);
    }

    [Fact]
    public async Task The_package_for_tests_brings_the_store_and_a_cluster()
    {
        // A database for a cluster is the application's choice, so its package comes beside it.
        string project = WriteProject(
            "tests", "Memento.Orleans.Testing", "Memento.Orleans.PostgreSql");

        await RunAsync("restore", project);

        string assets = await File.ReadAllTextAsync(_folder.File("obj/project.assets.json"));
        Assert.All(
            PackageFeed.Names.Select(static name => $"{name}/{PackageFeed.Version}"),
            package => Assert.Contains($"\"{package}", assets, StringComparison.Ordinal));
    }

    /// <summary>
    /// Beside a folder of its own, where nothing can be left of an earlier run, restoring looks
    /// into the machine's, and asks no server.
    /// </summary>
    private string WriteProject(string name, params string[] packages)
        => _folder.Write($"{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>{_folder.File("packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{Cache}</RestoreFallbackFolders>
                <RestoreAdditionalProjectSources>{feed.Source}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Select(ReferenceTo))}
              </ItemGroup>
            </Project>
            """);

    private static string ReferenceTo(string package)
        => $"""<PackageReference Include="{package}" Version="{PackageFeed.Version}" />""";

    private async Task<string> RunAsync(params string[] arguments)
    {
        await using ChildProgram program = ChildProgram.StartDotnet(_folder.Path, arguments);
        int exit = await program.WaitForEndAsync(LongestBuild);
        Assert.True(exit == 0, $"{program.Output}\n{program.Errors}");
        return program.Output;
    }
}
