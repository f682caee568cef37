using System.Text.RegularExpressions;
using Memento.Tests.Documentation;
using Memento.Tests.Samples;

namespace Memento.Tests.Packages;

public partial class VersionTests
{
    private const string Preview = "0.1.0-preview.0";

    [Fact]
    public async Task A_clone_has_a_version_whatever_tags_it_has()
        => Assert.Matches(Version(), await VersionAsync([]));

    [Fact]
    public async Task Sources_that_git_knows_nothing_of_are_a_preview()
        => Assert.Equal(Preview, await VersionAsync(new Dictionary<string, string>
        {
            ["GIT_DIR"] = Path.Combine(Repository.Root, "nowhere"),
        }));

    private static async Task<string> VersionAsync(Dictionary<string, string> environment)
    {
        await using ChildProgram program = ChildProgram.StartDotnet(
            Repository.Root, environment, "msbuild", "src/Memento.Orleans.Abstractions",
            "-nodeReuse:false", "-t:MinVer", "-getProperty:PackageVersion");
        int exit = await program.WaitForEndAsync();
        Assert.True(exit == 0, $"{program.Output}\n{program.Errors}");
        return program.Output.Trim();
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex Version();
}
