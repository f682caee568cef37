using System.Reflection;
using Memento.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Testing;

/// <summary>Puts the faults of the test around the storage that the test chooses.</summary>
internal sealed class TestBuilder(IMementoBuilder inner, TestStorage storage) : IMementoBuilder
{
    public IServiceCollection Services => inner.Services;

    public IMementoBuilder AddTable<T>(Action<TableOptions>? configure = null)
        where T : class
    {
        inner.AddTable<T>(configure);
        return this;
    }

    public IMementoBuilder AddTables(Assembly assembly)
    {
        inner.AddTables(assembly);
        return this;
    }

    public IMementoBuilder Configure(Action<MementoOptions> configure)
    {
        inner.Configure(configure);
        return this;
    }

    public IMementoBuilder UseStorage(Func<IServiceProvider, IJournalStorage> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        inner.UseStorage(services => storage.Wrap(create(services)));
        return this;
    }
}
