using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Memento.Tests.Hosting;

public class OptionTests
{
    [Fact]
    public void Options_bind_from_the_configuration_section()
    {
        MementoOptions options = Read(memento => { });

        Assert.Equal(3, options.MaxAttempts);
        Assert.Equal(TimeSpan.FromSeconds(10), options.TransactionTimeout);
    }

    [Fact]
    public void Options_that_are_set_in_code_go_over_the_configuration_section()
    {
        MementoOptions options = Read(
            memento => memento.Configure(static options => options.MaxAttempts = 5));

        Assert.Equal(5, options.MaxAttempts);
        Assert.Equal(TimeSpan.FromSeconds(10), options.TransactionTimeout);
    }

    [Fact]
    public void An_option_out_of_its_range_is_named_with_its_value_and_its_range()
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(
            () => Read(memento => memento.Configure(static options => options.MaxAttempts = 0)));

        Assert.Contains(
            "Memento:MaxAttempts is 0; it must be 1 or more",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_the_section_that_is_no_option_is_named_with_those_that_are()
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(
            static () => Read(static memento => { }, "Memento:TransactionTimout"));

        Assert.Contains(
            "Memento:TransactionTimout is no option of Memento. There are ConnectionString, "
            + "FastFailureDetection, LeaseDuration, MaxAttempts, MaxRetryDelay, MaxSnapshotBytes, "
            + "PostgreSql, Sqlite, TransactionTimeout",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_case_of_a_key_does_not_count()
        => Assert.Equal(3, Read(static memento => { }, "memento:MAXRETRYDELAY").MaxAttempts);

    private static MementoOptions Read(Action<IMementoBuilder> configure, string? another = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Memento:MaxAttempts"] = "3",
            ["Memento:TransactionTimeout"] = "00:00:10",
            [another ?? "Other:Key"] = "00:00:01",
        });
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddMemento(configure));
        using IHost host = builder.Build();
        return host.Services.GetRequiredService<IOptions<MementoOptions>>().Value;
    }
}
