using System.Reflection;
using Memento.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Memento;

/// <summary>What <c>AddMemento</c> gives to be configured.</summary>
public interface IMementoBuilder
{
    /// <summary>The services of the silo or the client.</summary>
    IServiceCollection Services { get; }

    /// <summary>Registers a table, which is made at start-up where it is missing.</summary>
    /// <param name="configure">What to say over the type's attributes.</param>
    IMementoBuilder AddTable<T>(Action<TableOptions>? configure = null)
        where T : class;

    /// <summary>
    /// Registers every type of an assembly that has a <see cref="TableAttribute"/>.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    IMementoBuilder AddTables(Assembly assembly);

    /// <summary>Sets options in code, over those of the configuration section.</summary>
    /// <param name="configure">Sets them.</param>
    IMementoBuilder Configure(Action<MementoOptions> configure);

    /// <summary>
    /// Keeps disk tables in this storage; the provider packages' <c>Use…</c> methods call it. In a
    /// client it does nothing.
    /// </summary>
    /// <param name="create">
    /// Makes the storage; it is opened at start-up and disposed after the grains.
    /// </param>
    IMementoBuilder UseStorage(Func<IServiceProvider, IJournalStorage> create);
}
