using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Memento.Storage;

/// <summary>
/// A section of the configuration with the options of a storage. The PostgreSQL project compiles it
/// too.
/// </summary>
internal static class StorageSection
{
    /// <summary>Binds options, and checks them and the names in the section at the start.</summary>
    /// <param name="services">The services of the silo.</param>
    /// <param name="name">The section.</param>
    /// <param name="configure">Sets options over those of the section.</param>
    /// <param name="findWrong">What is wrong with the options, in words, each by its name.</param>
    public static void Add<TOptions>(
        IServiceCollection services,
        string name,
        Action<TOptions>? configure,
        Func<TOptions, IEnumerable<(string Option, string Fault)>> findWrong)
        where TOptions : class
    {
        // A standalone client may have no configuration.
        services.AddSingleton<IConfigureOptions<TOptions>>(provider =>
            new ConfigureOptions<TOptions>(
                options => provider.GetService<IConfiguration>()?.GetSection(name).Bind(options)));
        if (configure is not null) services.Configure(configure);
        services.AddSingleton<IValidateOptions<TOptions>>(
            provider => new Validator<TOptions>(
                name, provider.GetService<IConfiguration>()?.GetSection(name), findWrong));
        services.AddOptions<TOptions>().ValidateOnStart();
    }

    private sealed class Validator<TOptions>(
        string section,
        IConfigurationSection? configuration,
        Func<TOptions, IEnumerable<(string Option, string Fault)>> findWrong)
        : IValidateOptions<TOptions>
        where TOptions : class
    {
        private static readonly string[] Names = [.. typeof(TOptions)
            .GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Select(static property => property.Name)
            .Order(StringComparer.Ordinal)];

        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            IEnumerable<string> unknown = configuration is null
                ? []
                : configuration.GetChildren()
                    .Select(static child => child.Key)
                    .Except(Names, StringComparer.OrdinalIgnoreCase)
                    .Select(key => $"{section}:{key} is no option of the storage. There are "
                        + $"{string.Join(", ", Names)}; correct its name, or remove it.");
            string[] failures =
            [
                .. unknown,
                .. findWrong(options).Select(wrong => $"{section}:{wrong.Option} {wrong.Fault}"),
            ];
            return failures.Length == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(failures);
        }
    }
}
