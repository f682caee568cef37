using System.Reflection;
using Memento.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Api;

/// <summary>Registers tables on disk unless the caller says otherwise.</summary>
internal sealed class DiskTables(IMementoBuilder inner) : IMementoBuilder
{
    public IServiceCollection Services => inner.Services;

    public IMementoBuilder AddTable<T>(Action<TableOptions>? configure = null)
        where T : class
        => inner.AddTable<T>(table =>
        {
            table.Storage = TableStorage.Disk;
            configure?.Invoke(table);
        });

    public IMementoBuilder AddTables(Assembly assembly) => inner.AddTables(assembly);

    public IMementoBuilder Configure(Action<MementoOptions> configure)
        => inner.Configure(configure);

    public IMementoBuilder UseStorage(Func<IServiceProvider, IJournalStorage> create)
        => inner.UseStorage(create);
}
