namespace Orders.Tests;

public sealed class ProgramTests
{
    [Fact]
    public async Task The_program_is_killed_three_times_and_loses_nothing()
    {
        TextWriter console = Console.Out;
        var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            string[] arguments = [];
            await Task.Run(
                () => typeof(Shop).Assembly.EntryPoint!.Invoke(null, [arguments]),
                TestContext.Current.CancellationToken);
        }
        finally
        {
            Console.SetOut(console);
        }

        string[] lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("Crash 3: ", lines[2], StringComparison.Ordinal);
        Assert.Equal("Nothing was lost, and nothing was done by half.", lines[3]);
    }
}
