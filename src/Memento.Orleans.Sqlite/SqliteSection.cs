using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Memento.Storage.Sqlite;

/// <summary>The options of the storage from the configuration.</summary>
internal static class SqliteSection
{
    /// <summary>Binds the options of a silo; those that the code sets count over them.</summary>
    public static void Add(IServiceCollection services, Action<SqliteOptions>? configure = null)
        => StorageSection.Add(
            services, SqliteOptions.Section, configure, SqliteSettings.WrongOptions);

    /// <summary>Makes the storage of a silo, whose options were bound before.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    public static SqliteJournalStorage CreateStorage(IServiceProvider services)
    {
        SqliteOptions options = services.GetRequiredService<IOptions<SqliteOptions>>().Value;
        string connectionString = options.ConnectionString
            ?? services.GetRequiredService<IOptions<MementoOptions>>().Value.ConnectionString;
        return new SqliteJournalStorage(
            SqliteSettings.From(connectionString, options),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetService<ILogger<SqliteJournalStorage>>());
    }
}
