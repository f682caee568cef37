using System.Reflection;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Hosting;

/// <summary>Collects what <c>AddMemento</c> is told; several calls add up.</summary>
internal sealed class MementoBuilder(IServiceCollection services) : IMementoBuilder
{
    private readonly Dictionary<Type, TableOptions?> _tables = [];

    public IServiceCollection Services { get; } = services;

    /// <summary>Makes the durable storage, or null for the default.</summary>
    public Func<IServiceProvider, IJournalStorage>? Storage { get; private set; }

    public IMementoBuilder AddTable<T>(Action<TableOptions>? configure = null)
        where T : class
    {
        TableOptions? options = null;
        if (configure is not null) configure(options = new TableOptions());
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
        Storage = create ?? throw new ArgumentNullException(nameof(create));
        return this;
    }

    /// <summary>Reads and checks the definitions.</summary>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    public TableRegistry BuildTables()
        => new(_tables.Select(static each => TableDefinitionReader.Read(each.Key, each.Value)));
}
