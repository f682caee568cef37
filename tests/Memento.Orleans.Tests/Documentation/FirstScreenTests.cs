using System.Diagnostics;

namespace Memento.Tests.Documentation;

public class FirstScreenTests
{
    /// <summary>How many lines of the page a reader sees without scrolling.</summary>
    private const int ScreenLines = 60;

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(2);

    [Fact]
    public void The_first_screen_has_the_commands_and_a_whole_program()
    {
        string[] screen = [.. Repository.ReadLines("README.md").Take(ScreenLines)];

        Assert.Contains("dotnet run --project samples/Movies", screen);
        Assert.Contains("dotnet run --project samples/Cluster", screen);
        Assert.Contains("dotnet test", screen);
        Snippet program = FirstProgram();
        Assert.True(
            program.Line + program.Code.Count(static letter => letter == '\n') < ScreenLines,
            $"The program ends below line {ScreenLines}.");
    }

    [Fact]
    public async Task The_program_of_the_first_screen_runs_and_finds_its_records_again()
    {
        string directory = Directory.CreateTempSubdirectory("memento-readme-").FullName;
        string program = Path.Combine(
            AppContext.BaseDirectory, $"FirstScreen-{Guid.NewGuid():N}.dll");
        try
        {
            SnippetCompiler.Build(FirstProgram(), program);

            Assert.Equal(["1: Rush (2013)"], await RunAsync(program, directory));
            Assert.Equal(
                ["1: Rush (2013)", "1001: Rush (2013)"], await RunAsync(program, directory));
            Assert.True(File.Exists(Path.Combine(directory, "movies.db")));
        }
        finally
        {
            File.Delete(program);
            Directory.Delete(directory, recursive: true);
        }
    }

    internal static Snippet FirstProgram()
        => SnippetReader.Read("README.md").First(each => each.Kind == SnippetKind.Program);

    /// <summary>Runs a program in its own process, with the dependencies of this one.</summary>
    private static async Task<string[]> RunAsync(string program, string directory)
    {
        string self = Path.Combine(AppContext.BaseDirectory, "Memento.Orleans.Tests");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path
            && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList =
            {
                "exec", "--depsfile", $"{self}.deps.json",
                "--runtimeconfig", $"{self}.runtimeconfig.json", program,
            },
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(LongestRun);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{await output}\n{await errors}");
            return (await output).Split(
                ['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
