using System.Reflection;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Hosting;

/// <summary>Collects the configuration of <c>AddMemento</c>; several calls add up.</summary>
internal sealed class MementoBuilder(IServiceCollection services) : IMementoBuilder
{
    private readonly Dictionary<Type, TableOptions?> _tables = [];
    private TableRegistry? _registry;

    public IServiceCollection Services { get; } = services;

    /// <summary>Makes the durable storage, or null for the default.</summary>
    public Func<IServiceProvider, IJournalStorage>? Storage { get; private set; }

    public IMementoBuilder AddTable<T>(Action<TableOptions>? configure = null)
        where T : class
    {
        TableOptions? options = _tables.GetValueOrDefault(typeof(T));
        if (configure is not null) configure(options ??= new TableOptions());
        _tables[typeof(T)] = options;
        return this;
    }

    public IMementoBuilder AddTables(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (Type type in assembly.GetTypes())
        {
            if (type.IsDefined(typeof(TableAttribute), inherit: false)) _tables.TryAdd(type, null);
        }

        return this;
    }

    public IMementoBuilder Configure(Action<MementoOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    public IMementoBuilder UseStorage(Func<IServiceProvider, IJournalStorage> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (Storage is not null)
        {
            throw new MementoException(
                "The storage is chosen twice (UseSqlite or UseStorage), and disk tables have one. "
                + "Remove one of the calls; several calls of AddMemento configure the same store.");
        }

        Storage = create;
        return this;
    }

    /// <summary>Reads and checks the definitions. A second call returns the same tables.</summary>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    public TableRegistry BuildTables()
        => _registry ??= new(
            _tables.Select(static each => TableDefinitionReader.Read(each.Key, each.Value)));
}
