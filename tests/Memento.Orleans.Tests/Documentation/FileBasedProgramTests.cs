using System.Reflection;
using System.Text.Json.Nodes;
using Memento.Tests.Samples;

namespace Memento.Tests.Documentation;

/// <summary>
/// The program of the README as a file without a project, which a newcomer tries first.
/// </summary>
public sealed class FileBasedProgramTests : IDisposable
{
    private const string Project = "src/Memento.Orleans/Memento.Orleans.csproj";

    private static readonly string Configuration = typeof(FileBasedProgramTests).Assembly
        .GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>It is built first.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_program_runs_with_the_lines_of_the_page_above_it()
    {
        string[] directives = [.. Repository.ReadLines("README.md")
            .Where(static line => line.StartsWith("#:", StringComparison.Ordinal))];
        Assert.Equal(2, directives.Length);
        Assert.EndsWith($"/{Project}", directives[0], StringComparison.Ordinal);
        directives[0] = $"#:project {Path.Combine(Repository.Root, Project)}";
        string file = _folder.Write(
            "movies.cs",
            $"{string.Join('\n', directives)}\n{FirstScreenTests.FirstProgram().Code}");

        await using ChildProgram program = ChildProgram.StartDotnet(
            _folder.Path, "run", "-c", Configuration, file);
        int exit = await program.WaitForEndAsync(LongestRun);

        Assert.Equal((0, "1: Rush (2013)", ""), (exit, program.Output, program.Errors));
    }

    /// <summary>
    /// With the setting of PublishAot, which is cheaper than building such a program.
    /// </summary>
    [Fact]
    public async Task Without_the_second_line_the_program_is_told_it_instead_of_hanging()
    {
        string program = Path.Combine(
            AppContext.BaseDirectory, $"NoDynamicCode-{Guid.NewGuid():N}.dll");
        string self = Path.Combine(AppContext.BaseDirectory, "Memento.Orleans.Tests");
        JsonNode settings =
            JsonNode.Parse(await File.ReadAllTextAsync($"{self}.runtimeconfig.json"))!;
        settings["runtimeOptions"]!["configProperties"]!.AsObject()[
            "System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported"] = false;
        string runtimeConfig = _folder.Write("app.runtimeconfig.json", settings.ToJsonString());
        try
        {
            SnippetCompiler.Build(FirstScreenTests.FirstProgram(), program);
            await using ChildProgram child = ChildProgram.StartDotnet(
                _folder.Path, "exec", "--depsfile", $"{self}.deps.json",
                "--runtimeconfig", runtimeConfig, program);
            int exit = await child.WaitForEndAsync();

            Assert.NotEqual(0, exit);
            Assert.StartsWith(
                "Unhandled exception. Memento.MementoException: ",
                child.Errors, StringComparison.Ordinal);
            Assert.Contains(
                "'#:property PublishAot=false'",
                child.Errors.Split('\n')[0], StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(program);
        }
    }
}
