namespace Tickets.Tests;

public sealed class ProgramTests
{
    [Fact]
    public async Task The_program_sells_what_there_is()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tickets-");
        TextWriter console = Console.Out;
        var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            string[] arguments = [Path.Combine(folder.FullName, "tickets.db")];
            await Task.Run(
                () => typeof(Show).Assembly.EntryPoint!.Invoke(null, [arguments]),
                TestContext.Current.CancellationToken);
        }
        finally
        {
            Console.SetOut(console);
            folder.Delete(recursive: true);
        }

        Assert.Equal(
            ["Ada has 4 seats.", "Grace has 4 seats.",
                "Barbara has none: there are 2 seats left.", "2 seats are free."],
            output.ToString().TrimEnd().Split(Environment.NewLine));
    }
}
