using System.Reflection;
using Memento.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Memento;

/// <summary>Configures the store in a silo or a client; <c>AddMemento</c> makes it.</summary>
public interface IMementoBuilder
{
    /// <summary>The services of the silo or the client.</summary>
    IServiceCollection Services { get; }

    /// <summary>Registers a table. It is made at start-up if it is missing.</summary>
    /// <param name="configure">Sets options of the table, over the attributes of the type.</param>
    IMementoBuilder AddTable<T>(Action<TableOptions>? configure = null)
        where T : class;

    /// <summary>
    /// Registers every type of an assembly that has a <see cref="TableAttribute"/>.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    IMementoBuilder AddTables(Assembly assembly);

    /// <summary>Sets options in code, over the options of the configuration section.</summary>
    /// <param name="configure">Sets them.</param>
    IMementoBuilder Configure(Action<MementoOptions> configure);

    /// <summary>
    /// Keeps disk tables in this storage. The <c>Use…</c> methods of the storage packages call it.
    /// In a client it does nothing.
    /// </summary>
    /// <param name="create">
    /// Makes the storage; it is opened at start-up and disposed after the grains.
    /// </param>
    IMementoBuilder UseStorage(Func<IServiceProvider, IJournalStorage> create);
}
